import { packerOf } from './packed.js';
import { pathOf, shownPath } from './remote-path.js';
import { logOf } from './sources.js';

/** A log file of a host, current or rotated away. */
export interface LogFile {
  /** Device, inode and birth; they stay the same when the path changes. */
  readonly id: string;
  /** In the form of remote-path.ts. */
  readonly path: string;
  /** Path of the log that the file is a part of. */
  readonly log: string;
  readonly mtimeMs: number;
  readonly size: number;
  /** Permissions, such as 0o640. */
  readonly mode: number;
}

/** A name that is no log, such as a FIFO. */
export interface OddName {
  readonly path: string;
  readonly what: string;
  /** False for a folder that only a wildcard matched. */
  readonly isAskedFor: boolean;
}

/** Why it is not known what a pattern names: words of templates/logs/names.sh. */
const HIDDEN_BY: ReadonlyMap<string, string> = new Map([
  ['closed', 'is closed to this account'],
  ['file', 'is no folder'],
  ['link', 'is a link that leads nowhere'],
  ['fault', 'cannot be looked at'],
]);

/** The output of templates/logs/names.sh. */
export interface Listing {
  /**
   * The files that the patterns name, each name once. A file may have several names, and an unauthorized user may have made some
   * of them: only a name by which the file can be opened is used.
   */
  readonly named: readonly LogFile[];
  /** Rotated files of these logs. */
  readonly rotated: readonly LogFile[];
  readonly odd: readonly OddName[];
  /** Patterns whose names cannot be seen, and why, a sentence each. */
  readonly hidden: ReadonlyMap<string, string>;
  /** Patterns that name nothing now, for certain. */
  readonly nameless: readonly string[];
  /** Of these, the patterns that have no rotated files either. */
  readonly missing: readonly string[];
  /** Patterns with more names than the limit, and how many they have. */
  readonly tooMany: ReadonlyMap<string, number>;
}

const RECORD =
  /^(?:([nc]) (\S+) (\S+)|([fr]) (\d{1,7}) (\d{1,20}_\d{1,20}_\d{1,20}) (\d{1,15}) (-?\d{1,12}(?:\.\d{1,9})?) ([0-9a-f]{1,8}) (\/.*)|(e) (\d{1,7}) \d+ -?[\d.]+ ([0-9a-f]{1,8}) (\/.*)|u (\d{1,7}) ([a-z]+) (\/.*))$/s;
const KIND = 0xf000;
const REGULAR = 0x8000;
const FOLDER = 0x4000;
const LINK = 0xa000;
const KINDS: ReadonlyMap<number, string> = new Map([
  [0x1000, 'a FIFO'],
  [0x2000, 'a device'],
  [FOLDER, 'a folder'],
  [0x6000, 'a device'],
  [LINK, 'a link that leads nowhere'],
  [0xc000, 'a socket'],
]);

/** Takes records that end with NUL one by one; an invalid record is skipped. */
export class ListingReader {
  readonly #patterns: readonly string[];
  readonly #limit: number;
  readonly #named = new Map<string, LogFile>();
  readonly #rotated = new Map<string, LogFile>();
  readonly #odd = new Map<string, OddName>();
  readonly #kinds = new Map<string, number>();
  readonly #hidden = new Map<string, string>();
  readonly #nameless = new Set<string>();
  readonly #hasRotated = new Set<string>();
  readonly #tooMany = new Map<string, number>();
  clockMs = Number.NaN;
  zone = '+0000';

  constructor(patterns: readonly string[], limit: number) {
    this.#patterns = patterns;
    this.#limit = limit;
  }

  read(records: Buffer): Listing {
    let from = 0;
    for (let end = records.indexOf(0); end !== -1; end = records.indexOf(0, from)) {
      this.#record(records.toString('latin1', from, end));
      from = end + 1;
    }
    return {
      named: [...this.#named.values()],
      rotated: [...this.#rotated.values()].filter(({ path }) => !this.#named.has(path)),
      odd: [...this.#odd.values()],
      hidden: this.#hidden,
      nameless: [...this.#nameless],
      missing: [...this.#nameless].filter((pattern) => !this.#hasRotated.has(pattern)),
      tooMany: this.#tooMany,
    };
  }

  #record(record: string): void {
    const [
      ,
      note,
      first,
      second,
      kind,
      number,
      id,
      size,
      mtime,
      mode,
      path,
      name,
      at,
      ownMode,
      ownPath,
      ...unseen
    ] = RECORD.exec(record) ?? [];
    if (unseen[0] !== undefined) this.#hide(Number(unseen[0]), unseen[1], pathOfText(unseen[2]));
    else if (note === 'c') {
      this.clockMs = Number(first) * 1000;
      this.zone = second ?? '';
    } else if (note === 'n') this.#count(Number(first), Number(second));
    else if (kind !== undefined) {
      const facts = { id, size, mtime, mode: Number.parseInt(mode ?? '0', 16) };
      const isFile = this.#file(kind, pathOfText(path), facts);
      const pattern = this.#patterns[Number(number) - 1];
      if (isFile && kind === 'r' && pattern !== undefined) this.#hasRotated.add(pattern);
    } else if (name !== undefined)
      this.#name(pathOfText(ownPath), Number.parseInt(ownMode ?? '0', 16), this.#patterns[Number(at) - 1]);
  }

  #count(number: number, names: number): void {
    const pattern = this.#patterns[number - 1];
    if (pattern === undefined) return;
    if (names === 0) this.#nameless.add(pattern);
    if (names > this.#limit) this.#tooMany.set(pattern, names);
  }

  #hide(number: number, why: string | undefined, path: string): void {
    const pattern = this.#patterns[number - 1];
    if (pattern === undefined) return;
    const reason = `${shownPath(path)} ${HIDDEN_BY.get(why ?? '') ?? 'cannot be looked at'}`;
    this.#hidden.set(pattern, `it cannot be seen whether there is ${shownPath(pattern)}: ${reason}`);
  }

  #file(
    kind: string,
    path: string,
    facts: { id: string | undefined; size: string | undefined; mtime: string | undefined; mode: number },
  ): boolean {
    const { id = '', size, mtime, mode } = facts;
    if (kind === 'f') this.#kinds.set(path, mode & KIND);
    if ((mode & KIND) !== REGULAR) {
      const what = KINDS.get(mode & KIND);
      // A rotated folder was not requested.
      if (kind === 'r' && what !== undefined && (mode & KIND) !== FOLDER)
        this.#odd.set(path, { path, what, isAskedFor: true });
      return false;
    }
    const files = kind === 'f' ? this.#named : this.#rotated;
    const mtimeMs = Number(mtime) * 1000;
    files.set(path, { id, path, log: logOf(path), mtimeMs, size: Number(size), mode: mode & 0o777 });
    return true;
  }

  #name(path: string, ownMode: number, pattern: string | undefined): void {
    const kind = (ownMode & KIND) === LINK ? (this.#kinds.get(path) ?? LINK) : ownMode & KIND;
    const what = KINDS.get(kind);
    if (what !== undefined)
      this.#odd.set(path, { path, what, isAskedFor: kind !== FOLDER || pattern === path });
  }
}

function pathOfText(text: string | undefined): string {
  return pathOf(Buffer.from(text ?? '', 'latin1'));
}

/** `/var/log/shop/x.log is left out: it is a FIFO` */
export function oddText({ path, what }: OddName): string {
  return `${shownPath(path)} is left out: it is ${what}`;
}

/** `/var/log/shop/*.log names 100000 files: …` */
export function tooManyText(pattern: string, names: number, limit: number): string {
  return `${pattern} names ${names} files; the last ${limit} by name are read, name fewer with --file`;
}

/** Whether the file can be read without unpacking. */
export function readableAsItIs({ path }: Pick<LogFile, 'path'>): boolean {
  return packerOf(path) === undefined;
}
