import { isIP } from 'node:net';
import { literalPattern } from '../literal-pattern.js';
import type { LogLine } from './log-stream.js';

/** Lines that differ only in their time, their process number and the name of their host. */
export interface LineGroup {
  readonly text: string;
  readonly hosts: ReadonlySet<string>;
  readonly count: number;
}

/** Above this number of different lines, further lines are only counted. */
const MAX_GROUPS = 20_000;
const PROCESS = /^(\S+?)\[\d+\]:/;

/** Folds equal lines of many hosts; `{host}` replaces each host's own name. In order of first appearance. */
export class LineFolder {
  readonly #groups = new Map<string, { text: string; hosts: Set<string>; count: number }>();
  /** The number of lines above the limit. */
  others = 0;

  add({ host, text, stamp, cutBytes }: LogLine): void {
    const key = `${cutBytes} ${essence(text, host, stamp)}`;
    const group = this.#groups.get(key);
    if (group !== undefined) {
      group.hosts.add(host);
      group.count++;
    } else if (this.#groups.size >= MAX_GROUPS) this.others++;
    else this.#groups.set(key, { text: essence(text, host, stamp), hosts: new Set([host]), count: 1 });
  }

  get groups(): readonly LineGroup[] {
    return [...this.#groups.values()];
  }
}

function essence(text: string, host: string, stamp: LogLine['stamp']): string {
  const rest = stamp === undefined ? text : text.slice(0, stamp.start) + text.slice(stamp.end);
  const trimmed = stamp?.start === 0 && stamp.end > 0 ? rest.trimStart() : rest;
  const names = namesOf(host);
  // Lines of the journal and syslog begin with the host name, which adds nothing.
  const first = names.find((name) => trimmed.startsWith(`${name} `));
  const unnamed = first === undefined ? trimmed : trimmed.slice(first.length + 1);
  return withoutHost(unnamed.replace(PROCESS, '$1:'), names);
}

/** A host with a domain in its name calls itself by the first part. */
function namesOf(host: string): readonly string[] {
  const [short = host] = host.split('.');
  return short === host || isIP(host) !== 0 ? [host] : [host, short];
}

/** Removes the name as a word of its own, also with its domain: `mongo` does not match in mongodb, nor `db` in db-b. */
function withoutHost(text: string, names: readonly string[]): string {
  return names.reduce((left, name) => {
    if (!left.includes(name)) return left;
    const word = new RegExp(`(?<![\\p{L}\\p{N}_.-])${literalPattern(name)}(?![\\p{L}\\p{N}_-])`, 'gu');
    return left.replaceAll(word, '{host}');
  }, text);
}
