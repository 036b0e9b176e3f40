import { isIP } from 'node:net';
import type { EnvConfig } from '../config/config-types.js';
import { literalPattern } from '../literal-pattern.js';
import type { SecretText } from '../masking/secret.js';
import { contains, isSameAddress } from '../names/addresses.js';
import type { EnvValue } from './actions.js';
import { shownValue } from './env-mask.js';

/** The values of one room: common ones, overridden by the room's own, sorted by name. */
export function envOfRoom(env: EnvConfig, room: string): readonly EnvValue[] {
  const merged = new Map([...env.common, ...(env.rooms.get(room) ?? [])]);
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => ({ name, value }));
}

/**
 * The environment file as systemd reads it (systemd.exec(5), EnvironmentFile=): every value in double quotes, in
 * which backslash, quote, `$` and backtick are escaped and a newline may stand. `textOf` puts the secrets in, or
 * masks them.
 */
export function renderEnvFile(values: readonly EnvValue[], textOf: (value: SecretText) => string): string {
  const escaped = (text: string) => text.replaceAll(/[\\"$`]/g, (character) => `\\${character}`);
  return values.map(({ name, value }) => `${name}="${escaped(textOf(value))}"\n`).join('');
}

/** A value of the template's room that is still in the rendered file of another room. */
export interface RoomLeak {
  readonly line: number;
  readonly what: string;
}

/** What identifies another room, beside the values that are set for it. */
export interface RoomMarks {
  readonly room: string;
  /** Names of its hosts. */
  readonly names: readonly string[];
  /** Addresses of its hosts outside its network, such as a gateway's out-of-band address. */
  readonly addresses: readonly string[];
  /** CIDR: every address in it belongs to the room. */
  readonly network: string;
}

/**
 * Looks in the rendered file of room `to` for what belongs to another room: names and addresses of its hosts, any address of
 * its network, and values that are set for it alone. A leak would send the new hosts' requests to the wrong room. Values are
 * checked with their secrets put in (`textOf`), as a whole URL may be a secret; a report never holds a secret. Values that
 * the configuration marks as shared are no leak.
 */
export function findRoomLeaks(
  env: EnvConfig,
  to: string,
  from: RoomMarks,
  textOf: (value: SecretText) => string,
): RoomLeak[] {
  const own = envOfRoom(env, to);
  const foreign = foreignValues(env, to, from.room, textOf);
  const leaks: RoomLeak[] = [];
  let line = 1;
  for (const { name, value } of own) {
    const text = textOf(value);
    const found = [...leaksIn(text, from), ...foreign.filter(({ word }) => holdsWord(text, word, ''))];
    for (const { word, what } of found.filter(
      ({ word }) => !env.shared.some((shared) => isSameAddress(shared, word)),
    ))
      leaks.push({ line: line + linesBefore(text, word), what: what ?? word });
    line += renderEnvFile([{ name, value }], textOf).split('\n').length - 1;
  }
  return leaks;
}

interface Foreign {
  readonly word: string;
  /** The name to show instead, if the text may hold a secret. */
  readonly what?: string;
}

/** Numbers and switches have the same meaning in every room. */
const SAYS_NOTHING =
  /^(\d+(\.\d+)?|true|false|yes|no|on|off|none|null|debug|info|warn|warning|error|trace)$/i;

/** Values set for room `from`, unless room `to` has the same value under this name or among its own values. */
function foreignValues(
  env: EnvConfig,
  to: string,
  from: string,
  textOf: (value: SecretText) => string,
): readonly Foreign[] {
  const shared = new Set([...(env.rooms.get(to)?.values() ?? [])].map(textOf));
  const own = new Map(envOfRoom(env, to).map(({ name, value }) => [name, textOf(value)]));
  return [...(env.rooms.get(from) ?? [])]
    .map(([name, value]) => ({ name, word: textOf(value), what: shownValue(name, value) }))
    .filter(({ name, word }) => own.get(name) !== word && !shared.has(word))
    .filter(({ word }) => word.length >= 4 && !SAYS_NOTHING.test(word));
}

function leaksIn(text: string, { names, addresses, network }: RoomMarks): readonly Foreign[] {
  const isForeign = (address: string) =>
    contains(network, address) || addresses.some((own) => isSameAddress(own, address));
  return [
    // After a host's name its domain may follow; also after a name that is used as its address.
    ...[...names, ...addresses.filter((address) => isIP(address) === 0)].filter((name) =>
      holdsWord(text, name, '.'),
    ),
    ...new Set(addressesIn(text).filter(isForeign)),
  ].map((word) => ({ word }));
}

const IPV4 = /(?<![\w.])\d{1,3}(\.\d{1,3}){3}(?![\w]|\.\d)/g;
/** Matches what may be an IPv6 address; an IPv4 address may stand at its end. */
const IPV6 = /(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\d{0,3}(?:\.\d{1,3}){3})?(?![\w:]|\.\d)/gi;

/** The addresses in a text, as they are written there. */
function addressesIn(text: string): readonly string[] {
  const long = text.includes(':') ? (text.match(IPV6) ?? []).filter((word) => isIP(word) === 6) : [];
  return [...(text.match(IPV4) ?? []), ...long];
}

/** Whether a word stands in a text by itself; `mayFollow`: a character that may come directly after it. */
function holdsWord(text: string, word: string, mayFollow: '' | '.'): boolean {
  const end = mayFollow === '.' ? '' : '|\\.[A-Za-z0-9]';
  return new RegExp(`(?<![A-Za-z0-9.-])${literalPattern(word)}(?![A-Za-z0-9-]${end})`, 'i').test(text);
}

function linesBefore(text: string, word: string): number {
  const at = text.toLowerCase().indexOf(word.toLowerCase());
  return text.slice(0, Math.max(at, 0)).split('\n').length - 1;
}
