import type { Ask } from '../../../src/lib/logs/ask.js';
import { FollowedFiles } from '../../../src/lib/logs/followed-files.js';
import { ListingReader } from '../../../src/lib/logs/listing.js';

/** The log that is followed. */
export const LOG = '/l/app.log';

/** A host with files that can be renamed and written, and a follower of them. */
export class FollowRoom {
  readonly files: FollowedFiles;
  readonly seen: string[] = [];
  readonly #content = new Map<string, { path: string; text: string; mtime: number }>();
  #clock = 1000;

  constructor(lastLines: number | 'all' = 'all', chunkBytes = 8) {
    this.files = new FollowedFiles({ chunkBytes, roundBytes: 1000, lastLines });
  }

  write(id: string, path: string, text: string): void {
    const before = this.#content.get(id)?.text ?? '';
    this.#content.set(id, { path, text: before + text, mtime: ++this.#clock });
  }

  /** The file at a path goes elsewhere; undefined: it is removed. */
  rename(from: string, to?: string): void {
    for (const [id, file] of this.#content)
      if (file.path === from) {
        if (to === undefined) this.#content.delete(id);
        else file.path = to;
      }
  }

  copy(id: string, copy: string, path: string): void {
    this.#content.set(copy, { path, text: this.#content.get(id)?.text ?? '', mtime: ++this.#clock });
  }

  cut(id: string): void {
    const file = this.#content.get(id);
    if (file !== undefined) file.text = '';
  }

  /** Rounds until nothing more is to be read. */
  read(rounds = 30): void {
    for (let round = 0; round < rounds && (round === 0 || this.files.hasMore); round++) this.round();
  }

  round(): void {
    const isWhole = this.files.wantsAll;
    const asks = this.files.asks();
    for (const ask of asks) this.#answer(ask);
    this.files.listed(new ListingReader([LOG], 100).read(this.#records()), isWhole);
  }

  #records(): Buffer {
    const records = [...this.#content].map(([id, { path, text, mtime }]) => {
      const kind = path === LOG ? 'f' : 'r';
      return `${kind} 1 ${id} ${Buffer.byteLength(text)} ${mtime}.5 81a4 ${path}\0`;
    });
    return Buffer.from(`n 1 1\0${records.join('')}`);
  }

  #answer(ask: Ask): void {
    if (ask.kind !== 'read' && ask.kind !== 'begin' && ask.kind !== 'head') return;
    const file = this.#content.get(ask.id);
    const followed = this.files.get(ask.id);
    const isThere = file?.path === ask.path;
    if (ask.kind === 'head')
      this.files.headRead(ask.id, isThere ? Buffer.from(file?.text ?? '').subarray(0, ask.size) : undefined);
    else if (!isThere) this.files.refused(ask.id, 65);
    else if (ask.kind === 'begin') this.files.begun(ask.id, 0);
    else if (followed !== undefined) {
      const bytes = Buffer.from(file.text).subarray(ask.from, ask.from + ask.size);
      this.seen.push(...followed.take(bytes, undefined).map(({ text }) => text));
      this.files.wasRead(followed, ask.from, ask.from + bytes.length);
    }
  }
}
