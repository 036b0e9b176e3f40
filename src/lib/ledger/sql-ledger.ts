import { requireAsMade } from '../plan/checksum.js';
import type { Plan } from '../plan/plan.js';
import type { OperationState, RunEvent } from '../record/events.js';
import type { LedgerClock } from './clock.js';
import { LeaseLostError } from './errors.js';
import { appendEvents, EventLog } from './event-log.js';
import { handBack, markUndone, takeHostsOver } from './handover.js';
import { keepHosts } from './kept-hosts.js';
import { readKeptOut, setKeptOut } from './kept-out.js';
import type {
  GivenUp,
  KeptOut,
  Ledger,
  NewSignal,
  OperationFilter,
  OperationRecord,
  OperationSummary,
  Owner,
  ReleasedReservation,
  ReservationRequest,
  Signal,
  TakenSpare,
  TalliedOperation,
} from './ledger.js';
import { hostsLeftBehind } from './left-behind.js';
import { releaseLocks, takeLocks } from './locks.js';
import {
  changeOwner,
  findOperation,
  insertOperation,
  listOperations,
  refuseUnlessResumable,
  renewLease,
} from './operations.js';
import { ownerText } from './owner.js';
import {
  isReservedFor,
  moveHost,
  putBackHosts,
  releaseHost,
  releaseReserved,
  reserveClaims,
  reserveOne,
  settleReserved,
  takenSpares,
} from './pool.js';
import { releasedReservations, reserveByHand } from './reservations.js';
import { leaveSignal, readSignals } from './signals.js';
import { readRecord, readSummaries, summaryOf } from './summaries.js';
import { type Database, ownerOf, type Tx } from './tables.js';
import { dropTally, readTallies, writeTally } from './tallies.js';
import { Transactions } from './transactions.js';

/** The ledger on any database that kysely supports; code for one of them is in the file that opens it. */
export class SqlLedger implements Ledger {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #log: EventLog;
  /** The operations of this process, each with its owner. */
  readonly #owners = new Map<string, Owner>();

  constructor(database: Database, clock: LedgerClock) {
    this.#database = database;
    this.#transactions = new Transactions(database, clock);
    this.#log = new EventLog(this.#transactions, (operation) => this.#ownerOf(operation));
  }

  async open(plan: Plan, owner: Owner): Promise<string> {
    const id = await this.#transactions.decide(async (tx, now) => {
      const created = await insertOperation(tx, plan, owner, now);
      await takeHostsOver(tx, plan, created, now);
      await takeLocks(tx, plan.locks, created, now);
      await reserveClaims(tx, plan, created, now);
      return created;
    });
    this.#owners.set(id, owner);
    return id;
  }

  async takeOver(idOrPrefix: string, owner: Owner, rehearsal = false): Promise<OperationRecord> {
    const record = await this.#transactions.decide(async (tx, now) => {
      const row = await findOperation(tx, idOrPrefix);
      refuseUnlessResumable(row, now);
      await changeOwner(tx, row, owner, now);
      const taken = await readRecord(tx, await findOperation(tx, row.id), now);
      requireAsMade(taken);
      await keepHosts(tx, taken, now);
      await takeLocks(tx, taken.plan.locks, row.id, now);
      await dropTally(tx, row.id);
      return taken;
    }, rehearsal);
    if (!rehearsal) this.#owners.set(record.id, owner);
    return record;
  }

  async signal(idOrPrefix: string, signal: NewSignal, by: string, rehearsal = false): Promise<void> {
    await this.#transactions.decide((tx, now) => leaveSignal(tx, idOrPrefix, signal, by, now), rehearsal);
  }

  async signals(operation: string, after: number): Promise<readonly Signal[]> {
    return await readSignals(this.#database, operation, after);
  }

  async append(operation: string, event: RunEvent): Promise<void> {
    if (event.type === 'progress') return;
    await this.#log.append(operation, event);
  }

  async heartbeat(operation: string, owner: Owner): Promise<boolean> {
    try {
      await this.#transactions.run((tx, now) => renewLease(tx, operation, owner, now));
      return true;
    } catch (error) {
      if (error instanceof LeaseLostError) return false;
      throw error;
    }
  }

  async finish(operation: string, state: Exclude<OperationState, 'running'>, message: string): Promise<void> {
    await this.#log.drained();
    await this.#asOwner(operation, async (tx, now) => {
      await tx
        .updateTable('operations')
        .set({ state, message, finished_at: now.toISOString() })
        .where('id', '=', operation)
        .execute();
      await writeTally(tx, operation);
      await releaseLocks(tx, operation);
      if (state === 'done' || state === 'undone') await releaseReserved(tx, operation);
      if (state === 'done') await markUndone(tx, operation);
    });
  }

  async giveUp(idOrPrefix: string, by: Owner, rehearsal = false): Promise<GivenUp> {
    return await this.#transactions.decide(async (tx, now) => {
      const row = await findOperation(tx, idOrPrefix);
      refuseUnlessResumable(row, now);
      const { plan, events } = await readRecord(tx, row, now);
      const state = row.state === 'failed' ? 'failed' : 'interrupted';
      const message = `closed by ${ownerText(by)}; before: ${row.message || 'crashed'}`;
      const at = now.toISOString();
      const event = { at, type: 'operation-finished', state, message } as const;
      await appendEvents(tx, row.id, ownerOf(row.owner), [event], now);
      await tx
        .updateTable('operations')
        .set({ state, message, closed: 1, finished_at: row.finished_at ?? at })
        .where('id', '=', row.id)
        .execute();
      await writeTally(tx, row.id);
      await releaseLocks(tx, row.id);
      await handBack(tx, plan, row.id);
      const hosts = await settleReserved(tx, row.id, hostsLeftBehind(plan, events), now);
      return { operation: summaryOf(await findOperation(tx, row.id), events, now), ...hosts };
    }, rehearsal);
  }

  async list(filter: OperationFilter): Promise<readonly OperationSummary[]> {
    const now = await this.#transactions.now();
    return await readSummaries(this.#database, await listOperations(this.#database, filter, now), now);
  }

  async tallies(filter: OperationFilter): Promise<readonly TalliedOperation[]> {
    return await readTallies(this.#database, filter);
  }

  async show(idOrPrefix: string): Promise<OperationRecord> {
    const row = await findOperation(this.#database, idOrPrefix);
    return await readRecord(this.#database, row, await this.#transactions.now());
  }

  async takenSpares(): Promise<readonly TakenSpare[]> {
    return await takenSpares(this.#database, await this.#transactions.now());
  }

  async claim(host: string, room: string, operation: string): Promise<boolean> {
    // The plan has reserved most hosts already: those need no write, and so no flush to disk.
    if (await isReservedFor(this.#database, host, operation)) return true;
    return await this.#asOwner(operation, (tx, now) => reserveOne(tx, host, room, operation, now));
  }

  async setUnfit(host: string, operation: string, reason: string): Promise<void> {
    await this.#asOwner(operation, (tx, now) =>
      moveHost(tx, host, operation, { state: 'unfit', reason }, now),
    );
  }

  async assign(host: string, operation: string, app: string, group: string): Promise<void> {
    const change = { state: 'assigned', app, app_group: group, reason: '' } as const;
    await this.#asOwner(operation, (tx, now) => moveHost(tx, host, operation, change, now));
  }

  async release(operation: string, host?: string): Promise<void> {
    await this.#asOwner(operation, (tx) =>
      host === undefined ? releaseReserved(tx, operation) : releaseHost(tx, operation, host),
    );
  }

  async keptOut(): Promise<readonly KeptOut[]> {
    return await readKeptOut(this.#database);
  }

  async setKeptOut(host: string, app: string, operation: string, wanted: 'out' | 'in'): Promise<void> {
    await this.#asOwner(operation, (tx, now) => setKeptOut(tx, { host, app, operation }, wanted, now));
  }

  async reserve(request: ReservationRequest, rehearsal = false): Promise<readonly TakenSpare[]> {
    return await this.#transactions.decide((tx, now) => reserveByHand(tx, request, now), rehearsal);
  }

  async releasedReservations(): Promise<readonly ReleasedReservation[]> {
    return await releasedReservations(this.#database, await this.#transactions.now());
  }

  async putBack(hosts: readonly string[], by: string, rehearsal = false): Promise<readonly TakenSpare[]> {
    return await this.#transactions.decide((tx, now) => putBackHosts(tx, hosts, by, now), rehearsal);
  }

  async close(): Promise<void> {
    await this.#log.drained();
    await this.#database.destroy();
  }

  async #asOwner<T>(operation: string, work: (tx: Tx, now: Date) => Promise<T>): Promise<T> {
    const owner = this.#ownerOf(operation);
    return await this.#transactions.inTurn(async (tx, now) => {
      await renewLease(tx, operation, owner, now);
      return await work(tx, now);
    });
  }

  #ownerOf(operation: string): Owner {
    const owner = this.#owners.get(operation);
    if (owner === undefined) throw new Error(`operation ${operation} was not opened by this process`);
    return owner;
  }
}
