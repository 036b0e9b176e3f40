import type { WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { DiskReserve } from './disk-reserve.js';
import { InOrder } from './in-order.js';
import { createFile, openToAppend } from './write.js';

/**
 * A file of this machine for what a host sends, written as fast as the disk allows. After an error of the disk, all later calls
 * throw it.
 */
export class LocalFile {
  readonly #stream: WriteStream;
  readonly #reserve: DiskReserve;
  readonly #failure: Promise<never>;
  readonly #writes = new InOrder();

  private constructor(stream: WriteStream, reserve: DiskReserve) {
    this.#stream = stream;
    this.#reserve = reserve;
    this.#failure = new Promise<never>((_, reject) => this.#stream.once('error', reject));
    this.#failure.catch(() => undefined);
  }

  /**
   * Makes the file in a folder of ours; an existing file or link is replaced.
   * @throws errors of open(2)
   */
  static async create(path: string, reserve: DiskReserve): Promise<LocalFile> {
    await rm(path, { force: true });
    return new LocalFile((await createFile(path)).createWriteStream(), reserve);
  }

  /** Opens a file of ours to append to it. @throws {NotOursError} when it is not ours; errors of open(2) */
  static async resume(path: string, reserve: DiskReserve): Promise<LocalFile> {
    return new LocalFile((await openToAppend(path)).createWriteStream(), reserve);
  }

  /** Resolves when there is room for more. A chunk that comes before that is written in its turn. @throws as DiskReserve.take() */
  write(chunk: Buffer): void | Promise<void> {
    if (!this.#writes.isFree)
      return this.#writes.run(async () => {
        await this.#reserve.take(chunk.length);
        await this.#put(chunk);
      });
    const looked = this.#reserve.take(chunk.length);
    return looked === undefined
      ? this.#put(chunk)
      : this.#writes.run(() => looked.then(() => this.#put(chunk)));
  }

  #put(chunk: Buffer): void | Promise<void> {
    if (this.#stream.write(chunk)) return undefined;
    return Promise.race([new Promise<void>((ready) => this.#stream.once('drain', ready)), this.#failure]);
  }

  async close(): Promise<void> {
    await this.#writes.settled();
    await Promise.race([new Promise<void>((ready) => this.#stream.end(() => ready())), this.#failure]);
  }
}
