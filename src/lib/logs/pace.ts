/** The next request to a follower; see templates/logs/follow.sh. */
export type Ask = 'g' | 's' | 'k';

/**
 * How far a round came. `all`: everything was read. `known`: everything that was known before the round was read, but more was
 * written meanwhile, as with a busy log on a slow host. `behind`: not even that.
 */
export type Progress = 'all' | 'known' | 'behind';

/** How often a host without new lines is asked. */
const IDLE_MS = 300;
/** How many lines of a host wait here at most; the rest waits on its disk. */
export const MAX_WAITING = 2000;
/** An output further behind the log than this is of no use. */
const MAX_LAG_MS = 15_000;
const KEEP_MS = 5000;
const CHECK_MS = 20;
/** A rate is measured over at least this time. */
const RATE_MS = 1000;

/**
 * When to send a request to a host, and which. Lines that cannot be shown are not requested: they stay on the host's disk. A host
 * that was read to its end may then write more than maxRate, or more than the output takes for 15 s. Then it must skip to its end
 * and report how many lines it skipped.
 */
export class Pace {
  readonly #maxRate: number;
  #isLive = false;
  #hasMore = false;
  #askedMs = 0;
  #readMs = 0;
  #readBeforeMs = 0;
  #heardMs = 0;
  /** Everything written until this time was read; and how many lines have been written since. */
  #caughtUpMs = 0;
  #lines = 0;
  #isOver = false;
  /** Since when it has been behind, after it was read to its end once. */
  #behindMs: number | undefined;

  constructor(maxRate: number) {
    this.#maxRate = maxRate;
  }

  /** True when the lines from the beginning, or from the time of a lost connection, were read. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** A new connection: the lines written meanwhile must all be read. */
  restart(): void {
    this.#isLive = false;
    this.#isOver = false;
    this.#behindMs = undefined;
    this.#hasMore = true;
  }

  took(lines: number): void {
    this.#lines += lines;
  }

  polled(progress: Progress, nowMs: number): void {
    this.#hasMore = progress !== 'all';
    this.#heardMs = nowMs;
    // The rate is by the time when lines were written, not when they came: a late answer brings the lines of many seconds at
    // once.
    const writtenMs = nowMs - this.#caughtUpMs;
    if (this.#isLive && this.#lines > (this.#maxRate * Math.max(writtenMs, RATE_MS)) / 1000)
      this.#isOver = true;
    if (progress === 'behind') {
      if (this.#isLive) this.#behindMs ??= nowMs;
      return;
    }
    this.#behindMs = undefined;
    if (!this.#isLive || (!this.#isOver && writtenMs >= RATE_MS))
      this.#countFrom(progress === 'all' ? this.#readMs : this.#readBeforeMs);
    this.#isLive = true;
  }

  /** The next request, or how long to wait before the next call, in milliseconds. */
  next(nowMs: number, waiting: number): Ask | number {
    if (this.#isOver && nowMs - this.#caughtUpMs >= RATE_MS) return this.#ask('s', nowMs);
    if (waiting > MAX_WAITING || this.#isOver)
      return nowMs - this.#askedMs >= KEEP_MS ? this.#ask('k', nowMs) : CHECK_MS;
    if (this.#isLive && nowMs - (this.#behindMs ?? this.#heardMs) > MAX_LAG_MS) return this.#ask('s', nowMs);
    const idleMs = this.#hasMore ? 0 : IDLE_MS - (nowMs - this.#readMs);
    return idleMs > 0 ? idleMs : this.#ask('g', nowMs);
  }

  #ask(ask: Ask, nowMs: number): Ask {
    this.#askedMs = nowMs;
    if (ask !== 'k') [this.#readBeforeMs, this.#readMs] = [this.#readMs, nowMs];
    if (ask === 's') {
      this.#behindMs = undefined;
      this.#countFrom(nowMs);
    }
    return ask;
  }

  #countFrom(nowMs: number): void {
    this.#caughtUpMs = nowMs;
    this.#lines = 0;
    this.#isOver = false;
  }
}
