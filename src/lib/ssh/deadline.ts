import { onAbort } from './abort.js';

/** A person at a prompt (passphrase, touch of a token) has this long; sshd's own LoginGraceTime is 120 s. */
const HUMAN_MS = 120_000;

/** One time limit for a chain of waits. Its signal aborts with the reason that `expired` gives at that moment. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #expired: () => Error;
  readonly #forgetParent: () => void;
  #timer: NodeJS.Timeout;
  #endsAt: number;
  #isCleared = false;

  constructor(ms: number, expired: () => Error, parent?: AbortSignal) {
    this.#expired = expired;
    this.#endsAt = performance.now() + ms;
    this.#timer = this.#startTimer(ms);
    this.#forgetParent = onAbort(parent, (reason) => this.#controller.abort(reason));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds left; 0 after the deadline. */
  get leftMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Does not count the time that a person takes, up to a limit. */
  async whileHuman<T>(work: () => Promise<T>): Promise<T> {
    const left = this.leftMs;
    this.#restart(HUMAN_MS);
    try {
      return await work();
    } finally {
      this.#restart(left);
    }
  }

  /** Ends everything that waits, for a reason other than the time. */
  fail(reason: unknown): void {
    this.#controller.abort(reason);
  }

  clear(): void {
    this.#isCleared = true;
    clearTimeout(this.#timer);
    this.#forgetParent();
  }

  #restart(ms: number): void {
    clearTimeout(this.#timer);
    // Work that goes on after all others have left would keep the process waiting.
    if (this.#isCleared) return;
    this.#endsAt = performance.now() + ms;
    this.#timer = this.#startTimer(ms);
  }

  #startTimer(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(this.#expired()), ms);
  }
}
