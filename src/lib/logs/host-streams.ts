import type { LogLine } from './log-stream.js';
import { LogStream } from './log-stream.js';
import type { MergeStream } from './merge.js';
import { MAX_WAITING } from './pace.js';
import type { HostTailTools, TailRequest } from './tail-request.js';

/**
 * The logs of one host on their way into the merge, one stream for each log. They decide whether the lines of other hosts wait
 * for this host.
 */
export class HostStreams {
  readonly #host: string;
  readonly #request: TailRequest;
  readonly #merge: HostTailTools['merge'];
  readonly #streams = new Map<string, LogStream>();
  #behind: ReadonlySet<string> = new Set();
  /**
   * Other hosts wait for this stream until the host was read to its end for the first time, or has too many waiting lines here.
   */
  readonly #first: MergeStream<LogLine>;

  constructor(host: string, request: TailRequest, merge: HostTailTools['merge']) {
    this.#host = host;
    this.#request = request;
    this.#merge = merge;
    this.#first = merge.open();
    this.#first.expectMore(true, Date.now());
  }

  /** How many lines wait for the lines of other hosts; 0 while other hosts wait for a log of this host. */
  get waiting(): number {
    let waiting = 0;
    for (const [source, { merge }] of this.#streams) {
      if (merge.waiting === 0 && this.#behind.has(source)) return 0;
      waiting += merge.waiting;
    }
    return waiting;
  }

  /** Whether so many lines of a log wait that no more are wanted. */
  isFull(source: string): boolean {
    return (this.#streams.get(source)?.merge.waiting ?? 0) > MAX_WAITING;
  }

  /**
   * Sets whether other hosts wait for more lines of this host.
   * @param behind paths of logs, and the unit of a journal, that were not read to their end
   */
  expectMore(hasMore: boolean, behind: ReadonlySet<string>): void {
    const nowMs = Date.now();
    this.#behind = behind;
    if (!hasMore || this.waiting > MAX_WAITING) this.#first.expectMore(false, nowMs);
    for (const [source, { merge }] of this.#streams) merge.expectMore(hasMore && behind.has(source), nowMs);
  }

  /** The host cannot be read now, so other hosts do not wait for it. */
  expectNothing(): void {
    this.expectMore(false, new Set());
  }

  /**
   * The stream of a log by its path, or of a journal by its unit.
   * @param aheadMs how far the host's clock is ahead of ours, for a log without a stream yet
   */
  of(source: string, aheadMs: number): LogStream {
    const known = this.#streams.get(source);
    if (known !== undefined) return known;
    const { stamps, sinceMs } = this.#request;
    const stream = new LogStream(this.#host, source, this.#merge, { stamps: stamps(), sinceMs, aheadMs });
    this.#streams.set(source, stream);
    return stream;
  }
}
