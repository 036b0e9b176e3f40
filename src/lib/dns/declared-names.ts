import type { Config, DnsName, DnsZone } from '../config/config-types.js';
import { UsageError } from '../errors.js';
import { wholeName } from '../layers/dns/records.js';
import { didYouMean } from '../names/suggest.js';

/** A name of the configuration. */
export interface DeclaredName {
  readonly zone: string;
  readonly name: DnsName;
  /** As users know it. */
  readonly whole: string;
}

export function declaredNames(zones: Iterable<DnsZone>): DeclaredName[] {
  return [...zones].flatMap((zone) =>
    [...zone.names.values()].map((name) => ({
      zone: zone.name,
      name,
      whole: wholeName(name.name, zone.name),
    })),
  );
}

/** All names. @throws UsageError when there is none */
export function requireNames(dns: Config['dns']): DeclaredName[] {
  const declared = declaredNames(dns.values());
  if (declared.length > 0) return declared;
  throw new UsageError(
    'the configuration has no name in a DNS zone',
    'kuafu config docs layers shows how one is written.',
  );
}

/** The zones that have one of these whole names, each with these alone. */
export function zonesWith(chosen: ReadonlySet<string>, dns: Config['dns']): DnsZone[] {
  return [...dns.values()].flatMap((zone) => {
    const own = [...zone.names].filter(([name]) => chosen.has(wholeName(name, zone.name)));
    return own.length === 0 ? [] : [{ ...zone, names: new Map(own) }];
  });
}

/** @throws UsageError for a name that is not declared */
export function namedIn(words: readonly string[], declared: readonly DeclaredName[]): Set<string> {
  const known = declared.map(({ whole }) => whole);
  const chosen = words.map((word) => word.toLowerCase().replace(/\.$/, ''));
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown === undefined) return new Set(chosen);
  throw new UsageError(
    `${unknown} is no name under layers.dns${didYouMean(unknown, known)}; kuafu changes no other`,
    `names: ${known.join(', ')}`,
  );
}

/** @throws UsageError when no name has the class */
export function classIn(word: string, declared: readonly DeclaredName[]): Set<string> {
  return namesBy(word, declared, ({ name }) => name.class, ['class', 'classes']);
}

/** @throws UsageError when no name leads to the application */
export function appIn(word: string, declared: readonly DeclaredName[]): Set<string> {
  return namesBy(word, declared, ({ name }) => name.app, ['app', 'apps']);
}

function namesBy(
  word: string,
  declared: readonly DeclaredName[],
  keyOf: (name: DeclaredName) => string | undefined,
  [key, keys]: readonly [one: string, many: string],
): Set<string> {
  const chosen = declared.filter((name) => keyOf(name) === word).map(({ whole }) => whole);
  if (chosen.length > 0) return new Set(chosen);
  const known = [...new Set(declared.flatMap((name) => keyOf(name) ?? []))];
  throw new UsageError(
    `no name under layers.dns has ${key} ${word}${didYouMean(word, known)}`,
    `${keys}: ${known.join(', ') || `none; give the names of ${word} the key \`${key}\` there`}`,
  );
}

/** @throws UsageError when one of them has no address in the room */
export function requireAddress(room: string, names: readonly DeclaredName[]): void {
  const without = names.find(({ name }) => !name.rooms.has(room));
  if (without === undefined) return;
  const rooms = [...without.name.rooms.keys()];
  throw new UsageError(
    `${without.whole} has no address in room ${room}${didYouMean(room, rooms)}`,
    `its rooms: ${rooms.join(', ')}`,
  );
}

const MOST_NAMES = 3;

/** For a title, which names a few. */
export function someOf(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? [`${names.length - MOST_NAMES} more`] : [];
  return [...names.slice(0, MOST_NAMES), ...more].join(', ');
}
