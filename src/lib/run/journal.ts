import type { Ledger } from '../ledger/ledger.js';
import type { Listener, RunEvent } from '../record/events.js';
import type { History } from '../record/history.js';

/** An event without its time; the journal stamps it. */
export type NewEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

/**
 * The only way out of the runner: writes an event to the ledger, then tells the history and the listeners. record() resolves when
 * the event is on disk, so a caller that awaits it before it goes on loses nothing in a crash.
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

  /** @returns the time of the event, ISO 8601, UTC */
  async record(event: NewEvent): Promise<string> {
    const stamped = { at: new Date().toISOString(), ...event } as RunEvent;
    if (stamped.type !== 'progress') await this.#ledger.append(this.#operation, stamped);
    this.#history.add(stamped);
    for (const listener of this.#listeners) listener(stamped);
    return stamped.at;
  }
}
