import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunEvent } from '../record/events.js';
import { readEvent } from '../record/stored-events.js';
import { LeaseLostError } from './errors.js';
import { LEASE_MS, type Owner } from './ledger.js';
import { type Database, inChunks, ownerColumn, type Tx } from './tables.js';
import type { Transactions } from './transactions.js';

interface Pending {
  readonly operation: string;
  readonly event: RunEvent;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Group commit: events that are appended in one turn of the event loop, or during a commit, share the next transaction and its
 * one flush to disk. They keep the order of the calls.
 */
export class EventLog {
  readonly #transactions: Transactions;
  readonly #ownerOf: (operation: string) => Owner;
  #pending: Pending[] = [];
  #flushing: Promise<void> | undefined;

  constructor(transactions: Transactions, ownerOf: (operation: string) => Owner) {
    this.#transactions = transactions;
    this.#ownerOf = ownerOf;
  }

  append(operation: string, event: RunEvent): Promise<void> {
    const written = new Promise<void>((done, failed) => {
      this.#pending.push({ operation, event, done, failed });
    });
    this.#flushing ??= this.#flushAll();
    return written;
  }

  /** Resolves when nothing is left to write. */
  async drained(): Promise<void> {
    await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    await nextTurn();
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      for (const [operation, entries] of byOperation(batch)) await this.#commit(operation, entries);
    }
    this.#flushing = undefined;
  }

  async #commit(operation: string, entries: readonly Pending[]): Promise<void> {
    try {
      const owner = this.#ownerOf(operation);
      const events = entries.map((entry) => entry.event);
      await this.#transactions.run((tx, now) => appendEvents(tx, operation, owner, events, now));
      for (const entry of entries) entry.done();
    } catch (error) {
      for (const entry of entries) entry.failed(error);
    }
  }
}

/** @throws LeaseLostError when another owner has the operation; nothing is written then */
export async function appendEvents(
  tx: Tx,
  operation: string,
  owner: Owner,
  events: readonly RunEvent[],
  now: Date,
): Promise<void> {
  // One statement proves the lease, renews it and assigns the numbers.
  const updated = await tx
    .updateTable('operations')
    .set((eb) => ({
      event_count: eb('event_count', '+', events.length),
      lease_until: now.getTime() + LEASE_MS,
    }))
    .where('id', '=', operation)
    .where('owner', '=', ownerColumn(owner))
    .where('closed', '=', 0)
    .returning('event_count')
    .executeTakeFirst();
  if (updated === undefined) throw new LeaseLostError(operation);
  const first = updated.event_count - events.length + 1;
  const rows = events.map((event, index) => ({
    operation,
    seq: first + index,
    body: JSON.stringify(event),
  }));
  for (const chunk of inChunks(rows)) await tx.insertInto('events').values(chunk).execute();
}

export async function readEvents(db: Database | Tx, operation: string): Promise<readonly RunEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select('body')
    .where('operation', '=', operation)
    .orderBy('seq')
    .execute();
  return rows.map(({ body }) => readEvent(body));
}

function byOperation(batch: readonly Pending[]): Map<string, Pending[]> {
  const groups = new Map<string, Pending[]>();
  for (const entry of batch) {
    const group = groups.get(entry.operation);
    if (group === undefined) groups.set(entry.operation, [entry]);
    else group.push(entry);
  }
  return groups;
}
