import type { Ask } from './ask.js';
import { HEAD_BYTES } from './file-head.js';
import type { FollowedFile } from './followed-file.js';
import type { FileId } from './frames.js';
import { type LogFile, readableAsItIs } from './listing.js';

/** A file that was truncated, and the file with the rest of its old content. */
export interface Cut {
  readonly file: FollowedFile;
  /** Undefined: there is none. */
  readonly copy: LogFile | undefined;
}

interface Search {
  readonly file: FollowedFile;
  /** Copies that may be the right one, the newest first; undefined: not looked for yet. */
  candidates: LogFile[] | undefined;
}

/** At most this many copies of one log are checked. */
const MAX_CANDIDATES = 20;

/**
 * Files that were truncated after they were copied (copytruncate of logrotate), before all of their lines had been read. Finds
 * the copy, which begins as the file did.
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

  /** The file is held until it is known where its rest is. */
  begin(file: FollowedFile): void {
    this.#searches.set(file.id, { file, candidates: undefined });
  }

  /** Looks for copies among the rotated files. `isFree`: the file is not being read yet. */
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

  /** Requests for the heads of possible copies, one after the other. */
  asks(): Ask[] {
    return [...this.#searches.values()].flatMap(({ candidates }) => {
      const next = candidates?.[0];
      return next === undefined ? [] : [{ kind: 'head', id: next.id, path: next.path, size: HEAD_BYTES }];
    });
  }

  /** Takes the head of a file; undefined: it could not be read. */
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

  /** The results since the last call. */
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

/** Rotated parts of a log that are newer than one of them, the oldest first. */
export function newerParts(old: FollowedFile, rotated: Iterable<LogFile>): LogFile[] {
  return [...rotated]
    .filter((file) => isPartOf(old.log, file) && file.mtimeMs > old.mtimeMs)
    .sort((a, b) => a.mtimeMs - b.mtimeMs);
}

/** Whether a file is a rotated part of a log and can be read without unpacking. */
function isPartOf(log: string, file: LogFile): boolean {
  return (file.path.startsWith(`${log}.`) || file.path.startsWith(`${log}-`)) && readableAsItIs(file);
}
