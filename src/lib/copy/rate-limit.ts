import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How many pieces are sent each second: few bytes at a time, so that the receiver sees a slow sender make progress. */
const PIECES_A_SECOND = 8;
const LARGEST_PIECE = 65_536;

/** Limits how much this machine sends each second, to all hosts together: they share its link. */
export class RateLimit {
  readonly #bytesPerSecond: number;
  #freeAtMs = 0;

  /** Without a number there is no limit. */
  constructor(bytesPerSecond = Number.POSITIVE_INFINITY) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** The bytes of a file from `start` on; each piece comes when the limit allows it. */
  async *piecesOf(file: string, start: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const piece = Math.floor(this.#bytesPerSecond / PIECES_A_SECOND);
    const highWaterMark = Math.min(Math.max(piece, 1), LARGEST_PIECE);
    for await (const bytes of createReadStream(file, { start, highWaterMark })) {
      await this.#turn(bytes.length, signal);
      yield bytes;
    }
  }

  async #turn(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startMs + (bytes * 1000) / this.#bytesPerSecond;
    if (startMs > nowMs) await sleep(startMs - nowMs, undefined, { signal, ref: false });
  }
}
