import type { Ledger, Signal } from '../ledger/ledger.js';
import type { RunEvent } from '../record/events.js';
import type { Journal } from './journal.js';

/** How often the ledger is looked at: whoever runs an operation hears within two seconds. */
const LOOKS_MS = 1000;

/**
 * What anybody leaves in the ledger for whoever runs an operation. Each is heard once: it has its effect, then it is on record as
 * heard. A process that dies in between leaves it to the next, and every effect is the same the second time.
 */
export class Signals {
  readonly #operation: string;
  readonly #ledger: Pick<Ledger, 'signals'>;
  readonly #journal: Journal;
  readonly #effect: (signal: Signal) => Promise<void>;
  #heard: number;
  #isBusy = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    {
      operation,
      ledger,
      past,
    }: { operation: string; ledger: Pick<Ledger, 'signals'>; past: readonly RunEvent[] },
    journal: Journal,
    effect: (signal: Signal) => Promise<void>,
  ) {
    this.#operation = operation;
    this.#ledger = ledger;
    this.#journal = journal;
    this.#effect = effect;
    this.#heard = past.reduce(
      (last, event) => (event.type === 'heard' ? Math.max(last, event.signal) : last),
      0,
    );
  }

  /** Resolves once everything is heard that was left while nobody ran the operation. */
  async begin(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), LOOKS_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** A ledger that does not answer is the business of the lease. */
  async #look(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (const signal of await this.#ledger.signals(this.#operation, this.#heard)) {
        await this.#effect(signal);
        const { seq, word, operator } = signal;
        await this.#journal.record({ type: 'heard', signal: seq, word, by: operator });
        this.#heard = seq;
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
