import type { Ask } from './ask.js';
import { HEAD_BYTES } from './file-head.js';
import type { FollowedFile } from './followed-file.js';
import type { FileId } from './frames.js';
import { type LogFile, readableAsItIs } from './listing.js';

/** A file that was cut to nothing, and where the rest of what it had is. */
export interface Cut {
  readonly file: FollowedFile;
  /** Undefined: nowhere. */
  readonly copy: LogFile | undefined;
}

interface Search {
  readonly file: FollowedFile;
  /** Copies that are not ruled out, the newest first; undefined: not looked for yet. */
  candidates: LogFile[] | undefined;
}

/** More copies of one log are not looked into. */
const MAX_CANDIDATES = 20;

/**
 * Files that were cut to nothing after they were copied away (copytruncate of logrotate), while lines of them had not been read
 * yet: looks for the copy, which begins as the file did.
 */
export class CutFiles {
  readonly #searches = new Map<FileId, Search>();
  readonly #found: Cut[] = [];

  get isSearching(): boolean {
    return this.#searches.size > 0;
  }

  has(id: FileId): boolean {
    return this.#searches.has(id);
  }

  /** It is held until it is known where the rest is. */
  begin(file: FollowedFile): void {
    this.#searches.set(file.id, { file, candidates: undefined });
  }

  /** Names of files that are nobody's. `isFree`: nobody reads it yet. */
  listed(rotated: readonly LogFile[], isFree: (id: FileId) => boolean): void {
    for (const search of this.#searches.values()) {
      const { file } = search;
      search.candidates ??= rotated
        .filter((each) => isPartOf(file.log, each) && each.size >= file.at && isFree(each.id))
        .sort((a, b) => b.mtimeMs - a.mtimeMs)
        .slice(0, MAX_CANDIDATES);
      this.#settle(search);
    }
  }

  /** The heads of what may be the copy, one after the other. */
  asks(): Ask[] {
    return [...this.#searches.values()].flatMap(({ candidates }) => {
      const next = candidates?.[0];
      return next === undefined ? [] : [{ kind: 'head', id: next.id, path: next.path, size: HEAD_BYTES }];
    });
  }

  /** How a file begins; undefined: it could not be read. */
  headRead(id: FileId, bytes: Buffer | undefined): void {
    for (const search of this.#searches.values()) {
      const [next, ...rest] = search.candidates ?? [];
      if (next?.id !== id) continue;
      if (bytes !== undefined && search.file.head?.isOf(bytes) === true) this.#end(search, next);
      else {
        search.candidates = rest;
        this.#settle(search);
      }
    }
  }

  /** What has been found out since the last time. */
  found(): Cut[] {
    return this.#found.splice(0);
  }

  #settle(search: Search): void {
    if (search.file.head === undefined || search.candidates?.length === 0) this.#end(search, undefined);
  }

  #end({ file }: Search, copy: LogFile | undefined): void {
    this.#searches.delete(file.id);
    this.#found.push({ file, copy });
  }
}

/** Parts of a log that were rotated away after one of them, the oldest first. */
export function newerParts(old: FollowedFile, rotated: Iterable<LogFile>): LogFile[] {
  return [...rotated]
    .filter((file) => isPartOf(old.log, file) && file.mtimeMs > old.mtimeMs)
    .sort((a, b) => a.mtimeMs - b.mtimeMs);
}

/** A part of a log that was rotated away and can be read as it is. */
function isPartOf(log: string, file: LogFile): boolean {
  return (file.path.startsWith(`${log}.`) || file.path.startsWith(`${log}-`)) && readableAsItIs(file);
}
