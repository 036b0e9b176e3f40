import type { RunEvent, Turned } from '../record/events.js';
import type { Journal } from './journal.js';

/** The moment from which an operation only goes back. It comes once, also when another operator resumes the operation. */
export class Turn {
  readonly #journal: Journal;
  readonly #begun = new AbortController();
  #turned: Turned | undefined;
  #recorded: Promise<unknown> | undefined;

  /** @param past events of earlier runs: an operation that had turned stays turned */
  constructor(journal: Journal, past: readonly RunEvent[]) {
    this.#journal = journal;
    this.#turned = past.find((event) => event.type === 'turned');
    if (this.#turned !== undefined) this.#begun.abort();
  }

  /** Aborted once the operation has turned: no forward step may start any more. */
  get signal(): AbortSignal {
    return this.#begun.signal;
  }

  get turned(): Turned | undefined {
    return this.#turned;
  }

  /** Resolves when the event is on disk. The first call decides; later calls have no effect. */
  async take(why: Turned['why'], reason: string, by = ''): Promise<void> {
    if (this.#turned === undefined) {
      this.#turned = { why, reason, by };
      // No forward step may begin while the event is written.
      this.#begun.abort();
      this.#recorded = this.#journal.record({ type: 'turned', why, reason, by });
    }
    await this.#recorded;
  }
}
