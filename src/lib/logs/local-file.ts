import { createWriteStream, type WriteStream } from 'node:fs';

/** A file of this machine that is written as fast as its disk takes it. An error of the disk is thrown by all calls after it. */
export class LocalFile {
  readonly #stream: WriteStream;
  readonly #failure: Promise<never>;

  constructor(path: string, flags: 'w' | 'a' = 'w') {
    this.#stream = createWriteStream(path, { flags });
    this.#failure = new Promise<never>((_, reject) => this.#stream.once('error', reject));
    this.#failure.catch(() => undefined);
  }

  /** Resolves when there is room for more. */
  write(chunk: Buffer): void | Promise<void> {
    if (this.#stream.write(chunk)) return undefined;
    return Promise.race([new Promise<void>((ready) => this.#stream.once('drain', ready)), this.#failure]);
  }

  async close(): Promise<void> {
    await Promise.race([new Promise<void>((ready) => this.#stream.end(() => ready())), this.#failure]);
  }
}
