import type { RawLine } from '../ssh/lines.js';
import type { Merge, MergeStream } from './merge.js';
import type { ClockContext, Stamp, StampReader } from './times/stamp.js';

/** A line of a log, ready to be shown. */
export interface LogLine {
  readonly host: string;
  /** Path of the log, or unit of the journal. */
  readonly source: string;
  readonly text: string;
  /** How much of its end was cut off, in bytes. */
  readonly cutBytes: number;
  readonly stamp: Stamp | undefined;
  /** When it was written, by our clock, in milliseconds. */
  readonly key: number;
}

/** A time this far from the moment its line came is wrong, in milliseconds. */
const WRONG_MS = 60_000;
/** So many looks at fresh lines in a row must say so. */
const WITNESSES = 3;

/** The lines of one log of one host on their way into the merge: they get their times here. */
export class LogStream {
  readonly merge: MergeStream<LogLine>;
  readonly #host: string;
  readonly #source: string;
  readonly #stamps: StampReader;
  readonly #sinceMs: number | undefined;
  #begun: boolean;
  #lastKey: number | undefined;
  /** How far its times are ahead of ours. */
  #aheadMs: number;
  #suspects: number[] = [];

  constructor(
    host: string,
    source: string,
    merge: Merge<LogLine>,
    options: { readonly stamps: StampReader; readonly sinceMs: number | undefined; readonly aheadMs: number },
  ) {
    this.#host = host;
    this.#source = source;
    this.merge = merge.open();
    this.#stamps = options.stamps;
    this.#sinceMs = options.sinceMs;
    this.#begun = options.sinceMs === undefined;
    this.#aheadMs = options.aheadMs;
  }

  /** Returns how many lines went in; those before --since do not. */
  add(lines: readonly RawLine[], nowMs: number, context: ClockContext): number {
    const keyed: LogLine[] = [];
    for (const { text, cutBytes } of lines) {
      const stamp = this.#stamps(text, context);
      if (!this.#begun && !this.#begins(stamp)) continue;
      // Nothing was written after now, which is less than the next millisecond; and without a time of its own a line
      // belongs to the one before it.
      if (stamp !== undefined) this.#lastKey = Math.min(stamp.at - this.#aheadMs, nowMs + 1);
      else this.#lastKey ??= nowMs;
      keyed.push({ host: this.#host, source: this.#source, text, cutBytes, stamp, key: this.#lastKey });
    }
    this.merge.add(keyed, nowMs);
    return keyed.length;
  }

  /** When a line was written, by the clock of its host. */
  timeOf(text: string, context: ClockContext): number | undefined {
    return this.#stamps(text, context)?.at;
  }

  /**
   * For lines that were written just now: how far their times are ahead of ours (negative: behind), if that has become
   * certain with them. From then on they are put in order by times that are put right.
   */
  judgeClock(lines: readonly RawLine[], nowMs: number, context: ClockContext): number | undefined {
    const last = lines.findLast(({ text }) => this.timeOf(text, context) !== undefined);
    const at = last && this.timeOf(last.text, context);
    if (at === undefined) return undefined;
    const aheadMs = at - nowMs;
    if (Math.abs(aheadMs - this.#aheadMs) < WRONG_MS) {
      this.#suspects = [];
      return undefined;
    }
    this.#suspects.push(aheadMs);
    if (this.#suspects.length < WITNESSES) return undefined;
    const [least, most] = [Math.min(...this.#suspects), Math.max(...this.#suspects)];
    this.#suspects = [];
    if (most - least > WRONG_MS / 2) return undefined;
    // The least delay on the way here is nearest to the truth.
    this.#aheadMs = most;
    return most;
  }

  #begins(stamp: Stamp | undefined): boolean {
    this.#begun = stamp !== undefined && stamp.at - this.#aheadMs >= (this.#sinceMs ?? 0);
    return this.#begun;
  }
}
