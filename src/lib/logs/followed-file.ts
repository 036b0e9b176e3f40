import { LineCutter, type RawLine } from '../ssh/lines.js';
import { type FileHead, HEAD_BYTES } from './file-head.js';
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
  /** How it begins, as far as was seen. */
  head: FileHead | undefined;
  /** It may have been cut and written anew since its head was seen. */
  isDoubtful = false;
  #taken: number | undefined;
  #cutter = new LineCutter();

  /**
   * @param at where to begin, in bytes; undefined: where the host says its last lines begin
   * @param log what it is a part of
   */
  constructor(
    file: Pick<LogFile, 'id' | 'path' | 'size' | 'mtimeMs'>,
    at: number | undefined,
    log: string = file.path,
  ) {
    this.id = file.id;
    this.log = log;
    this.path = file.path;
    this.size = file.size;
    this.mtimeMs = file.mtimeMs;
    this.#taken = at;
  }

  /** A part of a log that was rotated away, to be read from a byte on. */
  static rotated(file: LogFile, at: number, log: string): FollowedFile {
    const rotated = new FollowedFile(file, at, log);
    rotated.isOld = true;
    return rotated;
  }

  /** Where it begins is up to the host. */
  get isAnywhere(): boolean {
    return this.#taken === undefined;
  }

  /** The byte to read from. */
  get at(): number {
    return (this.#taken ?? 0) + this.#cutter.openBytes;
  }

  /** Its head is to be read: it may be another by now, or is known in small part as yet. */
  get wantsHead(): boolean {
    const known = this.head?.length ?? 0;
    return this.isOpen && this.at > 0 && (this.isDoubtful || (known < HEAD_BYTES && this.at >= 2 * known));
  }

  /** It is read from its start again. */
  restart(): void {
    this.head = undefined;
    this.isDoubtful = false;
    this.moveTo(0);
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
    this.isDoubtful = true;
  }

  /** The lines that bytes from `at` on complete. `filteredEnd`: the host read to there, and sent whole lines out of it. */
  take(bytes: Buffer, filteredEnd: number | undefined): RawLine[] {
    const end = filteredEnd ?? this.at + bytes.length;
    const lines = this.#cutter.cut(bytes);
    this.#taken = end - (filteredEnd === undefined ? this.#cutter.openBytes : 0);
    return lines;
  }
}
