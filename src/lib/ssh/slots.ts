import { onAbort } from './abort.js';

interface Waiter {
  readonly admit: () => void;
}

/** A counting semaphore. Waiting callers are served in order and can give up. */
export class Slots {
  #limit: number;
  #used = 0;
  readonly #waiting: Waiter[] = [];

  constructor(limit: number) {
    this.#limit = Math.max(1, limit);
  }

  get used(): number {
    return this.#used;
  }

  /**
   * Waits for a free slot. The returned function gives it back; calling it twice does nothing more.
   *
   * @throws the signal's reason when it aborts first
   */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#used >= this.#limit) await this.#turn(signal);
    else this.#used++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#used--;
      this.#admitNext();
    };
  }

  /** Lowers the limit for good; holders above it keep their slots until they are done. */
  lower(limit: number): void {
    this.#limit = Math.max(1, Math.min(this.#limit, limit));
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          forget();
          resolve();
        },
      };
      const forget = onAbort(signal, (reason) => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(reason);
      });
      this.#waiting.push(waiter);
    });
  }

  #admitNext(): void {
    while (this.#used < this.#limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#used++;
      next.admit();
    }
  }
}

/** Slots with one limit for each key, such as a bastion. */
export class SlotsByKey {
  readonly #limit: number;
  readonly #slots = new Map<string, Slots>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(key: string): Slots {
    let slots = this.#slots.get(key);
    if (!slots) {
      slots = new Slots(this.#limit);
      this.#slots.set(key, slots);
    }
    return slots;
  }
}
