import { FailedError } from '../errors.js';
import { LeaseLostError } from '../ledger/errors.js';
import { HEARTBEAT_MS, LEASE_MS } from '../ledger/ledger.js';

/**
 * How long after a renewal we begin nothing more, and how long until we cut off running steps, in milliseconds. Both are before
 * the lease ends in the ledger.
 */
const BEGINS_MS = LEASE_MS - 10_000;
const GOES_ON_MS = LEASE_MS - 5_000;
const LOOKS_MS = 1000;

export interface LeaseOptions {
  readonly operation: string;
  /** Renews the lease in the ledger; false when another owner has it. An error counts as no renewal. */
  readonly renew: () => Promise<boolean>;
  /** Called when no further step may start. */
  readonly onStale: (reason: Error) => void;
  /** Called when running steps must be cut off. */
  readonly onLost: (reason: Error) => void;
  /** Milliseconds of a clock that is never set back (clock_gettime(2), CLOCK_MONOTONIC). */
  readonly clock?: () => number;
}

/**
 * The process that runs an operation holds it by a lease, and the ledger judges the lease by its own clock. We judge it by our
 * clock, and more strictly: a process that was paused, or that gets no answer from the ledger, must end before another process
 * takes over. We check before every command to a host, because timers may come late.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #clock: () => number;
  #renewedAt: number;
  #askedAt: number;
  #isAsking = false;
  #isStale = false;
  #lost: Error | undefined;

  /** Call it right after the ledger has given the lease. */
  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.#renewedAt = this.#clock();
    this.#askedAt = this.#renewedAt;
  }

  /** Renews the lease in time. @returns a function that stops this */
  keep(): () => void {
    const timer = setInterval(() => this.look(), LOOKS_MS);
    return () => clearInterval(timer);
  }

  /** Does what is due now; the timer calls it. */
  look(): void {
    const now = this.#clock();
    if (this.#isOver()) return;
    if (now - this.#renewedAt >= BEGINS_MS) this.#tire();
    if (now - this.#askedAt >= HEARTBEAT_MS && !this.#isAsking) void this.#ask();
  }

  /** @throws the reason why nothing more may be done */
  require(): void {
    if (this.#isOver()) throw this.#lost;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#askedAt = this.#clock();
    const sentAt = this.#askedAt;
    try {
      // The renewal counts from when we asked: the time in the ledger began no earlier.
      if (await this.#options.renew()) this.#renewedAt = sentAt;
      else this.#lose(new LeaseLostError(this.#options.operation));
    } catch {
      // A ledger that does not answer renews nothing; the time runs on.
    } finally {
      this.#isAsking = false;
    }
  }

  #isOver(): boolean {
    if (this.#lost === undefined && this.#clock() - this.#renewedAt >= GOES_ON_MS)
      this.#lose(this.#notRenewed('it does nothing more on any host'));
    return this.#lost !== undefined;
  }

  #tire(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    this.#options.onStale(this.#notRenewed('no further step starts'));
  }

  #lose(reason: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#options.onLost(reason);
  }

  #notRenewed(outcome: string): FailedError {
    const { operation } = this.#options;
    const seconds = Math.round((this.#clock() - this.#renewedAt) / 1000);
    return new FailedError(
      `operation ${operation} was not kept alive for ${seconds} s: this process was stopped, or the ledger did not answer; ${outcome}`,
      `kuafu ops show ${operation} tells who runs it; kuafu ops resume ${operation} goes on`,
    );
  }
}
