import { RefusedError } from '../errors.js';
import type { Plan } from '../plan/plan.js';
import { type ScopeWords, scopeWords } from '../plan/scope.js';
import { forgetKeptOut } from './kept-out.js';
import type { TakenSpare } from './ledger.js';
import { CLEARING } from './left-behind.js';
import { enterOperationHosts } from './operation-hosts.js';
import { findOperation, isLive, isResumable } from './operations.js';
import { holderText, liveReservations, releaseByHand, spareOfReservation } from './reservations.js';
import { type Database, inChunks, type PoolTableRow, type ReservationRow, type Tx } from './tables.js';

/** Reserves the plan's spare hosts, all or none. @throws RefusedError naming the hosts that are not free */
export async function reserveClaims(tx: Tx, plan: Plan, operation: string, now: Date): Promise<void> {
  const taken = (await Promise.all(inChunks(plan.claims).map((hosts) => rowsOf(tx, hosts)))).flat();
  const kept = await liveReservations(tx, now, plan.claims);
  if (taken.length + kept.length > 0) throw takenRefusal(taken, kept);
  const place = scopeWords(plan.scope);
  const roomOf = new Map(plan.hosts.map((host) => [host.name, host.room]));
  const rows = plan.claims.map((host) =>
    reservation(host, roomOf.get(host) ?? place.room, operation, place, now),
  );
  for (const chunk of inChunks(rows)) await tx.insertInto('resources').values(chunk).execute();
}

export async function isReservedFor(db: Database | Tx, host: string, operation: string): Promise<boolean> {
  const [row] = await rowsOf(db, [host]);
  return row?.operation === operation && row.state !== 'unfit';
}

/** Whether the operation has the host in any state, also as unfit or as a member. */
export async function isHeldBy(db: Database | Tx, host: string, operation: string): Promise<boolean> {
  const [row] = await rowsOf(db, [host]);
  return row?.operation === operation;
}

/** @returns whether the operation has the host now */
export async function reserveOne(
  tx: Tx,
  host: string,
  room: string,
  operation: string,
  now: Date,
): Promise<boolean> {
  if ((await liveReservations(tx, now, [host])).length > 0) return false;
  const { app, app_group } = await tx
    .selectFrom('operations')
    .select(['app', 'app_group'])
    .where('id', '=', operation)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('resources')
    .values(reservation(host, room, operation, { app, group: app_group }, now))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const isOurs = await isReservedFor(tx, host, operation);
  if (isOurs) await enterOperationHosts(tx, operation, [host]);
  return isOurs;
}

/** @throws RefusedError when the operation does not have the host */
export async function moveHost(
  tx: Tx,
  host: string,
  operation: string,
  change: Partial<Pick<PoolTableRow, 'state' | 'app' | 'app_group' | 'reason'>>,
  now: Date,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('resources')
    .set({ ...change, since: now.toISOString() })
    .where('host', '=', host)
    .where('operation', '=', operation)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new RefusedError(`${host} is not reserved for operation ${operation}`);
}

/**
 * Settles the reserved hosts of an operation that is given up: hosts with steps that were not undone become unfit, the others go
 * back to the pool.
 */
export async function settleReserved(
  tx: Tx,
  operation: string,
  leftBehind: ReadonlySet<string>,
  now: Date,
): Promise<{ freed: readonly string[]; unfit: readonly string[] }> {
  const rows = await tx
    .selectFrom('resources')
    .select('host')
    .where('operation', '=', operation)
    .where('state', '=', 'reserved')
    .orderBy('host')
    .execute();
  const hosts = rows.map((row) => row.host);
  const unfit = hosts.filter((host) => leftBehind.has(host));
  const reason = 'given up half done: may still run its service or be in traffic';
  for (const host of unfit) await moveHost(tx, host, operation, { state: 'unfit', reason }, now);
  await releaseReserved(tx, operation);
  return { freed: hosts.filter((host) => !leftBehind.has(host)), unfit };
}

export async function releaseReserved(tx: Tx, operation: string): Promise<void> {
  await tx
    .deleteFrom('resources')
    .where('operation', '=', operation)
    .where('state', '=', 'reserved')
    .execute();
}

export async function releaseHost(tx: Tx, operation: string, host: string): Promise<void> {
  await forgetKeptOut(tx, [host]);
  await tx.deleteFrom('resources').where('operation', '=', operation).where('host', '=', host).execute();
}

/** By hand, all or none. @throws RefusedError as Ledger.putBack */
export async function putBackHosts(
  tx: Tx,
  hosts: readonly string[],
  by: string,
  now: Date,
): Promise<readonly TakenSpare[]> {
  const wanted = [...new Set(hosts)];
  const rows = (await Promise.all(inChunks(wanted).map((chunk) => rowsOf(tx, chunk)))).flat();
  for (const row of rows) await refuseInUse(tx, row, now);
  for (const chunk of inChunks(wanted)) await tx.deleteFrom('resources').where('host', 'in', chunk).execute();
  await forgetKeptOut(tx, wanted);
  return [...rows.map(spareOf), ...(await releaseByHand(tx, wanted, by, now))];
}

export async function takenSpares(db: Database, now: Date): Promise<readonly TakenSpare[]> {
  const rows = await db.selectFrom('resources').selectAll().orderBy('host').execute();
  return [...rows.map(spareOf), ...(await liveReservations(db, now)).map(spareOfReservation)];
}

async function refuseInUse(tx: Tx, row: PoolTableRow, now: Date): Promise<void> {
  if (row.state === 'assigned') throw inUse(row);
  const operation = await findOperation(tx, row.operation);
  if (isLive(operation, now))
    throw new RefusedError(
      `${row.host} belongs to operation ${operation.id} (${operation.title}), which is running`,
      `kuafu ops show ${operation.id}`,
    );
  // A resume takes finished steps as done, so it must find its hosts unchanged. The resume of a clearing operation clears its
  // hosts, even if another operation has them by then.
  if ((row.state === 'reserved' || CLEARING.includes(operation.kind)) && isResumable(operation, now))
    throw new RefusedError(
      `${row.host} is kept for operation ${operation.id} (${operation.title}), which can be resumed`,
      `kuafu ops close ${operation.id} gives that up: its hosts are free again, those that may run the service unfit`,
    );
}

function inUse({ host, app, app_group: group, room, since, operation }: PoolTableRow): RefusedError {
  return new RefusedError(
    `${host} serves ${app}/${group} since ${since}; a host in use is taken out of its group first`,
    `all hosts of its expansion: kuafu scale --undo ${operation}\n` +
      `the youngest of its group:  kuafu scale --to N --app ${app} --group ${group} --idc ${room}\n` +
      `out of traffic for now:     kuafu traffic drain ${host}`,
  );
}

async function rowsOf(db: Database | Tx, hosts: readonly string[]): Promise<PoolTableRow[]> {
  return await db.selectFrom('resources').selectAll().where('host', 'in', hosts).execute();
}

function reservation(
  host: string,
  room: string,
  operation: string,
  { app, group }: Pick<ScopeWords, 'app' | 'group'>,
  now: Date,
): PoolTableRow {
  const since = now.toISOString();
  return { host, room, state: 'reserved', app, app_group: group, operation, reason: '', since };
}

function takenRefusal(rows: readonly PoolTableRow[], kept: readonly ReservationRow[]): RefusedError {
  const taken = [
    ...rows.map((row) => `${row.host} (${row.state} by operation ${row.operation})`),
    ...kept.map((row) => `${row.host} (${holderText(row)})`),
  ];
  const shown = taken.slice(0, 5);
  const more = taken.length > shown.length ? ` and ${taken.length - shown.length} more` : '';
  return new RefusedError(
    `no longer free: ${shown.join(', ')}${more}`,
    'kuafu resource list shows the pool; make the plan anew',
  );
}

function spareOf({ app_group, ...row }: PoolTableRow): TakenSpare {
  return { ...row, group: app_group };
}
