import type { LogLine } from './log-stream.js';
import { LogStream } from './log-stream.js';
import type { MergeStream } from './merge.js';
import type { HostTailTools, TailRequest } from './tail-request.js';

/** The logs of one host on their way into the merge, a stream each, and whether the others wait for them. */
export class HostStreams {
  readonly #host: string;
  readonly #request: TailRequest;
  readonly #merge: HostTailTools['merge'];
  readonly #streams = new Map<string, LogStream>();
  /** Until the host was heard for the first time the others wait for it, within reason. */
  readonly #first: MergeStream<LogLine>;

  constructor(host: string, request: TailRequest, merge: HostTailTools['merge']) {
    this.#host = host;
    this.#request = request;
    this.#merge = merge;
    this.#first = merge.open();
    this.#first.expectMore(true, Date.now());
  }

  /** Lines that wait for those of others. */
  get waiting(): number {
    let waiting = 0;
    for (const { merge } of this.#streams.values()) waiting += merge.waiting;
    return waiting;
  }

  /** Whether others wait for what this host has yet. */
  expectMore(isExpected: boolean): void {
    const nowMs = Date.now();
    this.#first.expectMore(false, nowMs);
    for (const { merge } of this.#streams.values()) merge.expectMore(isExpected, nowMs);
  }

  /**
   * That of a log by its path, or of a journal by its unit.
   * @param aheadMs how far the host's clock is ahead of ours, for a log that was not heard of yet
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
