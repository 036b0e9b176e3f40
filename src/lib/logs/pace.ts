/** What a follower is asked next; see templates/logs/follow.sh. */
export type Ask = 'g' | 's' | 'k';

/** A host that has nothing new is asked this often. */
const IDLE_MS = 300;
/** So many lines of a host wait here at most; the rest waits on its disk. */
export const MAX_WAITING = 2000;
/** A view this far behind what is written now is no view of it. */
const MAX_LAG_MS = 15_000;
const KEEP_MS = 5000;
const CHECK_MS = 20;

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
  #secondMs = 0;
  #lines = 0;
  /** Since then it has been behind, after it had been caught up with. */
  #behindMs: number | undefined;

  constructor(maxRate: number) {
    this.#maxRate = maxRate;
  }

  /** True once all was read that was there at the beginning, or after a lost link. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** A new link: what was written meanwhile is owed whole. */
  restart(): void {
    this.#isLive = false;
    this.#behindMs = undefined;
    this.#hasMore = true;
  }

  took(lines: number): void {
    this.#lines += lines;
  }

  polled(hasMore: boolean, nowMs: number): void {
    this.#hasMore = hasMore;
    if (!hasMore) this.#isLive = true;
    this.#behindMs = hasMore && this.#isLive ? (this.#behindMs ?? nowMs) : undefined;
  }

  /** What to ask now, or how long to wait, in milliseconds, before looking again. */
  next(nowMs: number, waiting: number): Ask | number {
    if (nowMs - this.#secondMs >= 1000) {
      const isOver = this.#isLive && this.#lines > this.#maxRate && this.#secondMs > 0;
      this.#secondMs = nowMs;
      this.#lines = 0;
      if (isOver) return this.#ask('s', nowMs);
    }
    if (waiting > MAX_WAITING || (this.#isLive && this.#lines > this.#maxRate))
      return nowMs - this.#askedMs >= KEEP_MS ? this.#ask('k', nowMs) : CHECK_MS;
    if (this.#isLive && nowMs - (this.#behindMs ?? this.#readMs) > MAX_LAG_MS) return this.#ask('s', nowMs);
    const idleMs = this.#hasMore ? 0 : IDLE_MS - (nowMs - this.#readMs);
    return idleMs > 0 ? idleMs : this.#ask('g', nowMs);
  }

  #ask(ask: Ask, nowMs: number): Ask {
    this.#askedMs = nowMs;
    if (ask !== 'k') this.#readMs = nowMs;
    if (ask === 's') this.#behindMs = undefined;
    return ask;
  }
}
