import { boundLeases, type LedgerClock } from './clock.js';
import { asRefusal } from './errors.js';
import { takeTurn } from './operations.js';
import type { Database, Tx } from './tables.js';

type Work<T> = (tx: Tx, now: Date) => Promise<T>;

/** The transactions of a ledger. What each is told as now is the ledger's time within it. */
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

  /** What somebody decides, before or after a run: all or nothing. */
  async decide<T>(work: Work<T>, rehearsal = false): Promise<T> {
    try {
      // By itself: what is refused after that is taken back.
      if (!rehearsal) await this.run(boundLeases);
      return await this.inTurn(work, rehearsal);
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** No other that decides goes on meanwhile. A rehearsal does all of it and then takes it back. */
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
