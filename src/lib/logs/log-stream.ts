import type { RawLine } from '../ssh/lines.js';
import type { Merge, MergeStream } from './merge.js';
import type { ClockContext, Stamp, StampReader } from './times/stamp.js';

/** A line of a log, ready to be shown. */
export interface LogLine {
  readonly host: string;
  /** Path of the log, or unit of the journal. */
  readonly source: string;
  readonly text: string;
  /** How many bytes of its end were cut off. */
  readonly cutBytes: number;
  readonly stamp: Stamp | undefined;
  /** When the line was written, by our clock, in milliseconds. */
  readonly key: number;
}

/** If a time is this far from the moment its line came, it is wrong. In milliseconds. */
const WRONG_MS = 60_000;
/** How many looks at new lines in a row must confirm it. */
const WITNESSES = 3;

/** The lines of one log of one host on their way into the merge; here they get their times. */
export class LogStream {
  readonly merge: MergeStream<LogLine>;
  readonly #host: string;
  readonly #source: string;
  readonly #stamps: StampReader;
  readonly #sinceMs: number | undefined;
  #begun: boolean;
  #lastKey: number | undefined;
  /** How far the times in the log are ahead of our clock. */
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

  /** @returns how many lines were added; lines before --since are not */
  add(lines: readonly RawLine[], nowMs: number, context: ClockContext): number {
    const keyed: LogLine[] = [];
    for (const { text, cutBytes } of lines) {
      const stamp = this.#stamps(text, context);
      if (!this.#begun && !this.#begins(stamp)) continue;
      // No line was written after now, and now is before nowMs + 1. A line without its own time belongs to the line
      // before it.
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
   * For lines that were just written: how far their times are ahead of ours (negative: behind), if these lines have made it
   * certain. From then on the lines are sorted by corrected times.
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
    // The line with the least delay is nearest to the truth.
    this.#aheadMs = most;
    return most;
  }

  #begins(stamp: Stamp | undefined): boolean {
    this.#begun = stamp !== undefined && stamp.at - this.#aheadMs >= (this.#sinceMs ?? 0);
    return this.#begun;
  }
}
