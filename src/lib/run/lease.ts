import { FailedError } from '../errors.js';
import { LeaseLostError } from '../ledger/errors.js';
import { HEARTBEAT_MS, LEASE_MS } from '../ledger/ledger.js';

/** So long before the ledger lets go of the operation we begin nothing more, and cut off what runs, in milliseconds. */
const BEGINS_MS = LEASE_MS - 10_000;
const GOES_ON_MS = LEASE_MS - 5_000;
const LOOKS_MS = 1000;

export interface LeaseOptions {
  readonly operation: string;
  /** Renews the lease in the ledger: false when it is somebody else's. An error is no renewal. */
  readonly renew: () => Promise<boolean>;
  /** No further step may start. */
  readonly onStale: (reason: Error) => void;
  /** What runs is cut off. */
  readonly onLost: (reason: Error) => void;
  /** Milliseconds of a clock that nobody sets back (clock_gettime(2), CLOCK_MONOTONIC). */
  readonly clock?: () => number;
}

/**
 * Who runs an operation holds it by a lease that the ledger judges by its own clock. We judge ourselves by ours, and stricter:
 * a process that was stopped for a while, or that the ledger does not answer, must end before another one takes over. That is
 * asked before every command to a host, as timers may come late.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #clock: () => number;
  #renewedAt: number;
  #askedAt: number;
  #isAsking = false;
  #isStale = false;
  #lost: Error | undefined;

  /** The ledger has just given the lease. */
  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.#renewedAt = this.#clock();
    this.#askedAt = this.#renewedAt;
  }

  /** Renews it in time. @returns what ends that */
  keep(): () => void {
    const timer = setInterval(() => this.look(), LOOKS_MS);
    return () => clearInterval(timer);
  }

  /** What is due now; the timer's work. */
  look(): void {
    const now = this.#clock();
    if (this.#isOver()) return;
    if (now - this.#renewedAt >= BEGINS_MS) this.#tire();
    if (now - this.#askedAt >= HEARTBEAT_MS && !this.#isAsking) void this.#ask();
  }

  /** @throws why nothing may be done any more */
  require(): void {
    if (this.#isOver()) throw this.#lost;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#askedAt = this.#clock();
    const sentAt = this.#askedAt;
    try {
      // It counts from when we asked: the ledger's own time began no sooner.
      if (await this.#options.renew()) this.#renewedAt = sentAt;
      else this.#lose(new LeaseLostError(this.#options.operation));
    } catch {
      // A ledger that cannot be reached renews nothing; the time runs on.
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
