import { LineCutter, type RawLine } from '../ssh/lines.js';
import type { FileId } from './frames.js';
import type { LogFile } from './listing.js';

/** One file that is followed: where it is, and how far it was taken. */
export class FollowedFile {
  readonly id: FileId;
  /** Path of the log that its lines belong to. */
  log: string;
  /** Where it is on the host by now. */
  path: string;
  /** As it was listed last, in bytes. */
  size: number;
  mtimeMs: number;
  /** Rotated away: read on until nothing came for a while, as its writer may have it open yet. */
  isOld = false;
  /** Rounds in which nothing came, since it was rotated away. */
  quietRounds = 0;
  /** Times in a row that it was not where it was said to be, or nowhere. */
  misses = 0;
  /** The host has opened it and found that it may be read. */
  isOpen = false;
  /** There is more than was read, or was a moment ago. */
  isLive = true;
  #taken: number | undefined;
  #cutter = new LineCutter();

  /** @param at where to begin, in bytes; undefined: where the host says its last lines begin */
  constructor(file: Pick<LogFile, 'id' | 'path' | 'size' | 'mtimeMs'>, at: number | undefined) {
    this.id = file.id;
    this.log = file.path;
    this.path = file.path;
    this.size = file.size;
    this.mtimeMs = file.mtimeMs;
    this.#taken = at;
  }

  /** Where it begins is up to the host. */
  get isAnywhere(): boolean {
    return this.#taken === undefined;
  }

  /** The byte to read from. */
  get at(): number {
    return (this.#taken ?? 0) + this.#cutter.openBytes;
  }

  listed({ path, size, mtimeMs }: LogFile): void {
    if (size > this.size || path !== this.path) this.isLive = true;
    this.path = path;
    this.size = size;
    this.mtimeMs = mtimeMs;
  }

  /** The host has opened it, and would begin there. */
  begun(at: number): void {
    this.isOpen = true;
    this.#taken ??= at;
  }

  /** What was read up to here is done with, or will not be read at all. */
  moveTo(offset: number): void {
    this.#taken = offset;
    this.#cutter = new LineCutter();
    this.isLive = true;
  }

  /** A line that was begun and not ended will be read anew from its start. */
  linkLost(): void {
    this.#cutter = new LineCutter();
    this.isLive = true;
  }

  /** The lines that bytes from `at` on complete. `filteredEnd`: the host read to there, and sent whole lines out of it. */
  take(bytes: Buffer, filteredEnd: number | undefined): RawLine[] {
    const end = filteredEnd ?? this.at + bytes.length;
    const lines = this.#cutter.cut(bytes);
    this.#taken = end - (filteredEnd === undefined ? this.#cutter.openBytes : 0);
    return lines;
  }
}
