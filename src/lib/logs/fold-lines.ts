import type { LogLine } from './log-stream.js';

/** Lines that are the same but for their time, their process number and the name of their host. */
export interface LineGroup {
  readonly text: string;
  readonly hosts: ReadonlySet<string>;
  readonly count: number;
}

/** More different lines than this are counted, and no longer told apart. */
const MAX_GROUPS = 20_000;
const PROCESS = /^(\S+?)\[\d+\]:/;

/** Folds equal lines of many hosts; `{host}` stands where each has its own name. In order of first appearance. */
export class LineFolder {
  readonly #groups = new Map<string, { text: string; hosts: Set<string>; count: number }>();
  /** Lines beyond the bound. */
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
  // The journal and syslog begin with it, and say nothing more by it.
  const unnamed = trimmed.startsWith(`${host} `) ? trimmed.slice(host.length + 1) : trimmed;
  return unnamed.replace(PROCESS, '$1:').replaceAll(host, '{host}');
}
