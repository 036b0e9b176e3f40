import type { Ledger } from '../ledger/ledger.js';
import type { Secrets } from '../secret.js';
import type { Listener, RunEvent, StepResult } from './events.js';
import type { History } from './history.js';

/** An event without its time; the journal stamps it. */
export type NewEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

/**
 * The one way out of the runner: masks secrets, writes to the ledger, then tells history and listeners.
 * record() resolves when the event is on disk, so whoever awaits it before going on loses nothing in a crash.
 */
export class Journal {
  readonly #operation: string;
  readonly #ledger: Pick<Ledger, 'append'>;
  readonly #secrets: Secrets;
  readonly #history: History;
  readonly #listeners: readonly Listener[];

  constructor(
    operation: string,
    ledger: Pick<Ledger, 'append'>,
    secrets: Secrets,
    history: History,
    listeners: readonly Listener[],
  ) {
    this.#operation = operation;
    this.#ledger = ledger;
    this.#secrets = secrets;
    this.#history = history;
    this.#listeners = listeners;
  }

  async record(event: NewEvent): Promise<void> {
    const stamped = this.#masked({ at: new Date().toISOString(), ...event } as RunEvent);
    if (stamped.type !== 'progress') await this.#ledger.append(this.#operation, stamped);
    this.#history.add(stamped);
    for (const listener of this.#listeners) listener(stamped);
  }

  #masked(event: RunEvent): RunEvent {
    if (event.type === 'step-finished') {
      const result: StepResult = { ...event.result, message: this.#secrets.redact(event.result.message) };
      return { ...event, result };
    }
    if (event.type === 'host-set-aside') return { ...event, reason: this.#secrets.redact(event.reason) };
    if (event.type === 'operation-finished')
      return { ...event, message: this.#secrets.redact(event.message) };
    return event;
  }
}
