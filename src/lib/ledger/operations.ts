import { RefusedError, UsageError } from '../errors.js';
import { planChecksum } from '../plan/checksum.js';
import type { Plan } from '../plan/plan.js';
import { scopeWords } from '../plan/scope.js';
import { LeaseLostError } from './errors.js';
import { LEASE_MS, type OperationFilter, type Owner } from './ledger.js';
import { matching } from './operation-filter.js';
import { enterOperationHosts, laneHosts } from './operation-hosts.js';
import { newOperationId, typedOperationId } from './operation-id.js';
import { ownerIsAlive, ownerText } from './owner.js';
import { type Database, type OperationRow, ownerColumn, ownerOf, type Tx } from './tables.js';

/**
 * The first statement of every transaction that decides about locks or hosts. Other such transactions wait here until this one
 * has ended, and then read what it wrote. Without it, two of them could both find the same host free.
 */
export async function takeTurn(tx: Tx): Promise<void> {
  await tx
    .updateTable('turns')
    .set((eb) => ({ taken: eb('taken', '+', 1) }))
    .where('id', '=', 1)
    .execute();
}

/** Renews the lease, and so proves that this process still has the operation. @throws LeaseLostError when it does not */
export async function renewLease(tx: Tx, operation: string, owner: Owner, now: Date): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('operations')
    .set({ lease_until: now.getTime() + LEASE_MS })
    .where('id', '=', operation)
    .where('owner', '=', ownerColumn(owner))
    .where('closed', '=', 0)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new LeaseLostError(operation);
}

/** @returns the id of the new record */
export async function insertOperation(tx: Tx, plan: Plan, owner: Owner, now: Date): Promise<string> {
  const { app, group, room } = scopeWords(plan.scope);
  const record = {
    kind: plan.kind,
    title: plan.title,
    app,
    app_group: group,
    room,
    state: 'running' as const,
    closed: 0,
    operator: owner.operator,
    owner: ownerColumn(owner),
    launched: owner.launched,
    resumed: 0,
    undone_by: '',
    started_at: now.toISOString(),
    finished_at: null,
    message: '',
    lease_until: now.getTime() + LEASE_MS,
    event_count: 0,
  };
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const id = newOperationId(now);
    const insert = tx.insertInto('operations').values({ id, ...record });
    const { numInsertedOrUpdatedRows } = await insert
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n) continue;
    await tx
      .insertInto('plans')
      .values({ operation: id, checksum: planChecksum(plan), body: JSON.stringify(plan) })
      .execute();
    await enterOperationHosts(tx, id, laneHosts(plan));
    return id;
  }
  throw new RefusedError('no operation id is left for today');
}

/** @throws UsageError when no operation, or more than one, has this id, prefix, or end */
export async function findOperation(db: Database | Tx, typed: string): Promise<OperationRow> {
  const id = typedOperationId(typed);
  const rows = await db
    .selectFrom('operations')
    .selectAll()
    // The id now has only digits, letters and a dash, so it holds no wildcard.
    .where((eb) => eb.or([eb('id', 'like', `${id}%`), eb('id', 'like', `%-${id}%`)]))
    .orderBy('started_at', 'desc')
    .limit(9)
    .execute();
  const exact = rows.find((row) => row.id === id) ?? (rows.length === 1 ? rows[0] : undefined);
  if (exact !== undefined) return exact;
  if (rows.length === 0)
    throw new UsageError(`there is no operation ${typed.trim()} in this ledger`, 'kuafu ops list shows them');
  const named = rows.slice(0, 8).map((row) => `${row.id} (${row.title})`);
  throw new UsageError(
    `${id} is more than one operation: ${named.join(', ')}${rows.length > 8 ? ', …' : ''}`,
    'type more of the id',
  );
}

export async function listOperations(
  db: Database,
  filter: OperationFilter,
  now: Date,
): Promise<readonly OperationRow[]> {
  const { state, limit } = filter;
  const query = db
    .selectFrom('operations')
    .selectAll()
    .where((eb) => matching(eb, filter))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc');
  if (state !== 'running' && state !== 'crashed')
    return await (limit === undefined ? query : query.limit(limit)).execute();
  // No table tells whether an owner is gone; few operations count as running.
  const rows = await query.execute();
  return rows.filter((row) => isLive(row, now) === (state === 'running')).slice(0, limit);
}

/** Whether a process runs it: decided by the process if it can be looked up, else by the lease. */
export function isLive(row: Pick<OperationRow, 'state' | 'owner' | 'lease_until'>, now: Date): boolean {
  if (row.state !== 'running') return false;
  return ownerIsAlive(ownerOf(row.owner)) ?? Number(row.lease_until) > now.getTime();
}

/** True when takeOver() can resume it. */
export function isResumable(
  row: Pick<OperationRow, 'state' | 'owner' | 'lease_until' | 'closed'>,
  now: Date,
): boolean {
  if (row.closed !== 0 || row.state === 'done' || row.state === 'undone') return false;
  return !isLive(row, now);
}

export function runningRefusal(row: OperationRow): RefusedError {
  const owner = ownerOf(row.owner);
  return new RefusedError(
    `operation ${row.id} (${row.title}) is run by ${ownerText(owner)} since ${row.started_at}`,
    `kuafu ops show ${row.id} tells how far it is; if that process hangs, end it: kill ${owner.pid} on ${owner.machine}`,
  );
}

/**
 * The operation runs again, with another owner.
 * @throws RefusedError when its owner came back between our check and now
 */
export async function changeOwner(tx: Tx, row: OperationRow, owner: Owner, now: Date): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('operations')
    .set({
      state: 'running',
      owner: ownerColumn(owner),
      finished_at: null,
      message: '',
      resumed: 1,
      lease_until: now.getTime() + LEASE_MS,
    })
    .where('id', '=', row.id)
    .where('owner', '=', row.owner)
    .where('lease_until', '=', row.lease_until)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw runningRefusal(row);
}

/** @throws RefusedError when it runs, or has ended in a state that cannot be resumed */
export function refuseUnlessResumable(row: OperationRow, now: Date): void {
  if (isResumable(row, now)) return;
  if (isLive(row, now)) throw runningRefusal(row);
  const ended = row.closed === 0 ? row.state : 'closed';
  const how = row.undone_by === '' ? ended : `undone by ${row.undone_by}`;
  throw new RefusedError(
    `operation ${row.id} (${row.title}) is ${how}: nothing to go on with`,
    `what it did: kuafu ops show ${row.id}`,
  );
}
