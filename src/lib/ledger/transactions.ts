import { boundLeases, type LedgerClock } from './clock.js';
import { asRefusal } from './errors.js';
import { takeTurn } from './operations.js';
import type { Database, Tx } from './tables.js';

type Work<T> = (tx: Tx, now: Date) => Promise<T>;

/** The transactions of a ledger. `now` in each is the ledger's time within it. */
export class Transactions {
  readonly #database: Database;
  readonly #clock: LedgerClock;

  constructor(database: Database, clock: LedgerClock) {
    this.#database = database;
    this.#clock = clock;
  }

  async now(): Promise<Date> {
    return await this.#clock(this.#database);
  }

  async run<T>(work: Work<T>): Promise<T> {
    return await this.#database.transaction().execute(async (tx) => await work(tx, await this.#clock(tx)));
  }

  /** A decision before or after a run: all or nothing. */
  async decide<T>(work: Work<T>, rehearsal = false): Promise<T> {
    try {
      // In its own transaction: a later refusal rolls the other one back.
      if (!rehearsal) await this.run(boundLeases);
      return await this.inTurn(work, rehearsal);
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** Only one such transaction runs at a time. A rehearsal does all of its work and then rolls it back. */
  async inTurn<T>(work: Work<T>, rehearsal = false): Promise<T> {
    let rehearsed: { readonly result: T } | undefined;
    try {
      return await this.#database.transaction().execute(async (tx) => {
        await takeTurn(tx);
        const result = await work(tx, await this.#clock(tx));
        if (!rehearsal) return result;
        rehearsed = { result };
        throw new Error('rehearsal');
      });
    } catch (error) {
      if (rehearsed !== undefined) return rehearsed.result;
      throw error;
    }
  }
}
