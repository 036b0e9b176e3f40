import { AfterMark, firstWords, type MaskCut, type StartMark } from './login-noise.js';
import { HeadCapture, TailCapture } from './output-capture.js';

/** A login shell that prints more than this, in bytes, floods the channel: it is no greeting. */
const MAX_NOISE_BYTES = 4 * 1024 * 1024;

/** The output of a command on its two streams, from the mark on. Output before the mark is only checked. */
export class CommandOutput {
  readonly #stdout: AfterMark;
  readonly #stderr: AfterMark;
  readonly #mask: MaskCut;
  readonly head: HeadCapture;
  readonly tail: TailCapture;

  constructor(mark: StartMark, limit: number, mask: MaskCut) {
    this.#stdout = new AfterMark(mark);
    this.#stderr = new AfterMark(mark);
    this.#mask = mask;
    this.head = new HeadCapture(limit);
    this.tail = new TailCapture(limit);
  }

  /** The part of these bytes of stdout that belongs to the command; may be empty. */
  stdout(chunk: Buffer): Buffer {
    return this.#stdout.take(chunk);
  }

  /** The same for stderr; its tail is kept. */
  stderr(chunk: Buffer): Buffer {
    const own = this.#stderr.take(chunk);
    if (own.length > 0) this.tail.add(own);
    return own;
  }

  /** On which streams the mark has come: on none before the command starts, on both after it has started. */
  get begun(): { readonly stdout: boolean; readonly stderr: boolean } {
    return { stdout: this.#stdout.seen, stderr: this.#stderr.seen };
  }

  get isFlood(): boolean {
    return this.#stdout.noiseBytes + this.#stderr.noiseBytes > MAX_NOISE_BYTES;
  }

  /** The first words of the login shell; empty if it printed nothing. */
  get shellWords(): string {
    return firstWords(this.#stdout.noise(), this.#mask) || firstWords(this.#stderr.noise(), this.#mask);
  }
}
