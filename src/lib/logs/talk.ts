import type { PassThrough } from 'node:stream';
import type { Ask } from './pace.js';

/** The asking side: one question at a time, until the follower is over. */
export class Talk {
  readonly #asks: PassThrough;
  isOver = false;
  #wake: () => void = () => undefined;

  constructor(asks: PassThrough) {
    this.#asks = asks;
  }

  /** Comes back with the answer; `k` has none. */
  async ask(word: Ask): Promise<void> {
    this.#asks.write(`${word}\n`);
    if (word === 'k' || this.isOver) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async pause(ms: number): Promise<void> {
    if (this.isOver) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  answered(): void {
    this.#wake();
  }

  end(): void {
    this.isOver = true;
    this.#wake();
  }
}
