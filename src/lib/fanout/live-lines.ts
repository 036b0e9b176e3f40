import type { Masked } from '../masking/masked.js';
import type { Secrets } from '../masking/secret.js';
import { LineCutter, type RawLine } from '../ssh/lines.js';

export type OutputStream = 'stdout' | 'stderr';

/** A line of a host's output, as it may be shown. */
export interface LiveLine {
  readonly text: Masked;
  /** How many bytes of it were not kept. */
  readonly cutBytes: number;
}

export type LineTaker = (
  host: string,
  stream: OutputStream,
  lines: readonly LiveLine[],
) => void | Promise<void>;

/**
 * The output of hosts, in whole lines while the command runs. A line is masked before it is passed on, so a secret that is split
 * between two chunks is found. Of a line without an end, only `maxBytes` are kept.
 */
export class LiveLines {
  readonly #secrets: Secrets;
  readonly #maxBytes: number;
  readonly #take: LineTaker;
  readonly #cutters = new Map<string, Record<OutputStream, LineCutter>>();

  /** @param maxBytes how much of a line is kept */
  constructor(secrets: Secrets, maxBytes: number, take: LineTaker) {
    this.#secrets = secrets;
    this.#maxBytes = maxBytes;
    this.#take = take;
  }

  async add(host: string, stream: OutputStream, chunk: Buffer): Promise<void> {
    let cutters = this.#cutters.get(host);
    if (cutters === undefined) {
      cutters = { stdout: new LineCutter(this.#maxBytes), stderr: new LineCutter(this.#maxBytes) };
      this.#cutters.set(host, cutters);
    }
    await this.#hand(host, stream, cutters[stream].cut(chunk));
  }

  /** The host has ended: its last line without a line end counts as a line. */
  async end(host: string): Promise<void> {
    const cutters = this.#cutters.get(host);
    this.#cutters.delete(host);
    if (cutters === undefined) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = cutters[stream].rest();
      if (rest !== undefined) await this.#hand(host, stream, [rest]);
    }
  }

  async #hand(host: string, stream: OutputStream, lines: readonly RawLine[]): Promise<void> {
    if (lines.length === 0) return;
    const masked = lines.map(({ text, cutBytes }) => ({
      text: this.#secrets.mask(text, { end: cutBytes > 0 }),
      cutBytes,
    }));
    await this.#take(host, stream, masked);
  }
}
