import { LineCutter, type RawLine } from '../ssh/lines.js';
import { type FileHead, HEAD_BYTES } from './file-head.js';
import type { FileId } from './frames.js';
import type { LogFile } from './listing.js';

/** One file that is followed: its path, and how far it was read. */
export class FollowedFile {
  readonly id: FileId;
  /** Path of the log that its lines belong to. */
  log: string;
  /** Its present path on the host. */
  path: string;
  /** Its size in the last list, in bytes. */
  size: number;
  mtimeMs: number;
  /** The file was rotated away. It is read until nothing new comes for a while, because its writer may still have it open. */
  isOld = false;
  /** Rounds without new data since it was rotated away. */
  quietRounds = 0;
  /** How many times in a row it was not found, or not at its listed path. */
  misses = 0;
  /** The host has opened it, so it may be read. */
  isOpen = false;
  /** There is unread data, or there was a moment ago. */
  isLive = true;
  /** The beginning of the file, as far as it was read. */
  head: FileHead | undefined;
  /** The file may have been truncated and written again since its head was read. */
  isDoubtful = false;
  #taken: number | undefined;
  #cutter = new LineCutter();

  /**
   * @param at where to begin, in bytes; undefined: where the host finds the start of its last lines
   * @param log the log that the file is a part of
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

  /** A rotated part of a log, to be read from this byte on. */
  static rotated(file: LogFile, at: number, log: string): FollowedFile {
    const rotated = new FollowedFile(file, at, log);
    rotated.isOld = true;
    return rotated;
  }

  /** The host decides where to begin. */
  get isAnywhere(): boolean {
    return this.#taken === undefined;
  }

  /** The byte to read from. */
  get at(): number {
    return (this.#taken ?? 0) + this.#cutter.openBytes;
  }

  /** Whether its head must be read: the file may be another one by now, or only a small part of its head is known. */
  get wantsHead(): boolean {
    const known = this.head?.length ?? 0;
    return this.isOpen && this.at > 0 && (this.isDoubtful || (known < HEAD_BYTES && this.at >= 2 * known));
  }

  /** The file is read from its start again. */
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

  /** The host has opened the file, and starts at this byte. */
  begun(at: number): void {
    this.isOpen = true;
    this.#taken ??= at;
  }

  /** Everything before this byte is finished, or will not be read. */
  moveTo(offset: number): void {
    this.#taken = offset;
    this.#cutter = new LineCutter();
    this.isLive = true;
  }

  /** An incomplete line will be read again from its start. */
  linkLost(): void {
    this.#cutter = new LineCutter();
    this.isLive = true;
    this.isDoubtful = true;
  }

  /**
   * Takes bytes from `at` on, and returns the lines that they complete. `filteredEnd`: the host filtered, read up to there, and
   * sent only whole lines.
   */
  take(bytes: Buffer, filteredEnd: number | undefined): RawLine[] {
    const end = filteredEnd ?? this.at + bytes.length;
    const lines = this.#cutter.cut(bytes);
    this.#taken = end - (filteredEnd === undefined ? this.#cutter.openBytes : 0);
    return lines;
  }
}
