import type { Ledger, Signal } from '../ledger/ledger.js';
import type { RunEvent } from '../record/events.js';
import type { Journal } from './journal.js';

/** How often the ledger is read: the process that runs an operation gets a signal within two seconds. */
const LOOKS_MS = 1000;

/**
 * The signals that operators leave in the ledger for the process that runs an operation. Each is heard once: it has its effect,
 * then the record says that it was heard. If the process dies between the two, the next process hears it again, and every effect
 * is idempotent.
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

  /** Resolves when all signals are heard that came while no process ran the operation. */
  async begin(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), LOOKS_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** The lease handles a ledger that does not answer. */
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
