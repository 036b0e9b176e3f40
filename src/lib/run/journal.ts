import type { Ledger } from '../ledger/ledger.js';
import type { Listener, RunEvent } from '../record/events.js';
import type { History } from '../record/history.js';

/** An event without its time; the journal stamps it. */
export type NewEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

/**
 * The one way out of the runner: writes to the ledger, then tells history and listeners.
 * record() resolves when the event is on disk, so whoever awaits it before going on loses nothing in a crash.
 */
export class Journal {
  readonly #operation: string;
  readonly #ledger: Pick<Ledger, 'append'>;
  readonly #history: History;
  readonly #listeners: readonly Listener[];

  constructor(
    operation: string,
    ledger: Pick<Ledger, 'append'>,
    history: History,
    listeners: readonly Listener[],
  ) {
    this.#operation = operation;
    this.#ledger = ledger;
    this.#history = history;
    this.#listeners = listeners;
  }

  /** @returns its time, ISO 8601, UTC */
  async record(event: NewEvent): Promise<string> {
    const stamped = { at: new Date().toISOString(), ...event } as RunEvent;
    if (stamped.type !== 'progress') await this.#ledger.append(this.#operation, stamped);
    this.#history.add(stamped);
    for (const listener of this.#listeners) listener(stamped);
    return stamped.at;
  }
}
