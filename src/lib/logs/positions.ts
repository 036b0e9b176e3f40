import { LineCutter, type RawLine } from '../ssh/lines.js';
import type { FileId } from './frames.js';

interface FilePosition {
  readonly path: string;
  /** Everything before this was taken, in bytes; beyond it `cutter` holds a line that has not ended. */
  taken: number;
  cutter: LineCutter;
}

/** How far a host's logs were taken: what its follower is told when the link comes back. */
export class Positions {
  readonly #files = new Map<FileId, FilePosition>();
  #cursor = '';
  #passed = 0;

  /** One line a file, as templates/logs/follow.sh has it: id, offset, path. */
  get files(): string {
    return [...this.#files].map(([id, { taken, path }]) => `${id} ${taken} ${path}`).join('\n');
  }

  /** Where the journal was left: its cursor, and how many lines after that were taken. */
  get journal(): { readonly cursor: string; readonly passed: number } {
    return { cursor: this.#cursor, passed: this.#passed };
  }

  start(id: FileId, path: string, offset: number): void {
    this.#files.set(id, { path, taken: offset, cutter: new LineCutter() });
  }

  /** Lines that were begun and not ended will be read anew from their start. */
  linkLost(): void {
    for (const file of this.#files.values()) file.cutter = new LineCutter();
  }

  /**
   * The lines that bytes from `offset` on complete. `filteredEnd`: the host has sent lines out of what it read, whole ones,
   * and it read to there.
   */
  fileLines(id: FileId, path: string, offset: number, bytes: Buffer, filteredEnd?: number): RawLine[] {
    let file = this.#files.get(id);
    if (file === undefined || file.taken + file.cutter.openBytes !== offset) {
      // New to us, or cut to nothing and written anew.
      this.start(id, path, offset);
      file = this.#files.get(id);
    }
    if (file === undefined) return [];
    const lines = file.cutter.cut(bytes);
    file.taken = filteredEnd ?? offset + bytes.length - file.cutter.openBytes;
    return lines;
  }

  journalLines(bytes: Buffer, cursor: string, passed: number): RawLine[] {
    if (cursor !== '-') this.#cursor = cursor;
    this.#passed = passed;
    return new LineCutter().cut(bytes);
  }

  /** The host has passed over what was before `offset`. */
  moveTo(id: FileId, offset: number): void {
    const file = this.#files.get(id);
    if (file !== undefined) this.start(id, file.path, offset);
  }

  forget(id: FileId): void {
    this.#files.delete(id);
  }
}
