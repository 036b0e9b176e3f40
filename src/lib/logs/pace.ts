/** What a follower is asked next; see templates/logs/follow.sh. */
export type Ask = 'g' | 's' | 'k';

/**
 * How far a round came: all that is there was read; or all that was known of before it, though more was written meanwhile,
 * as where a log is busy and its host slow; or not even that.
 */
export type Progress = 'all' | 'known' | 'behind';

/** A host that has nothing new is asked this often. */
const IDLE_MS = 300;
/** So many lines of a host wait here at most; the rest waits on its disk. */
export const MAX_WAITING = 2000;
/** A view this far behind what is written now is no view of it. */
const MAX_LAG_MS = 15_000;
const KEEP_MS = 5000;
const CHECK_MS = 20;
/** No rate is told by less. */
const RATE_MS = 1000;

/**
 * When to ask a host, and for what. Nothing is asked for that cannot be shown: what a host writes meanwhile stays on its
 * disk. A host that has been caught up with and then writes more than maxRate, or more than the output takes for
 * 15 s, is told to skip to its end, and to say how many lines that were.
 */
export class Pace {
  readonly #maxRate: number;
  #isLive = false;
  #hasMore = false;
  #askedMs = 0;
  #readMs = 0;
  #readBeforeMs = 0;
  #heardMs = 0;
  /** All was read that had been written by then, and so many lines that were written since. */
  #caughtUpMs = 0;
  #lines = 0;
  #isOver = false;
  /** Since then it has been behind, after it had been caught up with. */
  #behindMs: number | undefined;

  constructor(maxRate: number) {
    this.#maxRate = maxRate;
  }

  /** True once what was there at the beginning, or after a lost link, was read. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** A new link: what was written meanwhile is owed whole. */
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
    // By when lines were written, not when they came: an answer that is late brings those of many seconds at once.
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

  /** What to ask now, or how long to wait, in milliseconds, before looking again. */
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
