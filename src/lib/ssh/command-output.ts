import { AfterMark, firstWords, type StartMark } from './login-noise.js';
import { HeadCapture, TailCapture } from './output-capture.js';

/** More than this of a login shell is no greeting but a flood, in bytes. */
const MAX_NOISE_BYTES = 4 * 1024 * 1024;

/** What a command puts out on its two streams, from the mark on; what came before is only looked at. */
export class CommandOutput {
  readonly #stdout: AfterMark;
  readonly #stderr: AfterMark;
  readonly #mask: (text: string) => string;
  readonly head: HeadCapture;
  readonly tail: TailCapture;

  constructor(mark: StartMark, limit: number, mask: (text: string) => string) {
    this.#stdout = new AfterMark(mark);
    this.#stderr = new AfterMark(mark);
    this.#mask = mask;
    this.head = new HeadCapture(limit);
    this.tail = new TailCapture(limit);
  }

  /** What of these bytes of stdout is the command's, perhaps nothing. */
  stdout(chunk: Buffer): Buffer {
    return this.#stdout.take(chunk);
  }

  /** The same of stderr; its tail is kept. */
  stderr(chunk: Buffer): Buffer {
    const own = this.#stderr.take(chunk);
    if (own.length > 0) this.tail.add(own);
    return own;
  }

  /** Where the mark came: none before the command began, both once it did. */
  get begun(): { readonly stdout: boolean; readonly stderr: boolean } {
    return { stdout: this.#stdout.seen, stderr: this.#stderr.seen };
  }

  get isFlood(): boolean {
    return this.#stdout.noiseBytes + this.#stderr.noiseBytes > MAX_NOISE_BYTES;
  }

  /** The first words of the login shell; empty when it was silent. */
  get shellWords(): string {
    return firstWords(this.#stdout.noise(), this.#mask) || firstWords(this.#stderr.noise(), this.#mask);
  }
}
