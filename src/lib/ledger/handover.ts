import { RefusedError } from '../errors.js';
import type { Handover, Plan } from '../plan/plan.js';
import { readPlan } from '../plan/stored.js';
import { releaseLocks } from './locks.js';
import { findOperation, isLive, isResumable, runningRefusal } from './operations.js';
import { type Database, inChunks, type Tx } from './tables.js';

/** @throws RefusedError as takeOne() */
export async function takeHostsOver(tx: Tx, plan: Plan, to: string, now: Date): Promise<void> {
  for (const handover of handoversOf(plan)) await takeOne(tx, handover, `${plan.kind}: ${to}`, to, now);
}

/**
 * Moves hosts from an earlier operation to a new one in their present state, all or none. The earlier operation is closed: a
 * resume of it would use hosts that it no longer has.
 * @throws RefusedError when the earlier operation runs, or no longer has one of the hosts
 */
async function takeOne(
  tx: Tx,
  { operation, hosts, unfit }: Handover,
  why: string,
  to: string,
  now: Date,
): Promise<void> {
  const from = await findOperation(tx, operation);
  if (isLive(from, now)) throw runningRefusal(from);
  if (unfit && isResumable(from, now))
    throw new RefusedError(`operation ${from.id} can go on with its hosts`, `kuafu ops show ${from.id}`);
  let moved = 0n;
  for (const chunk of inChunks(hosts)) {
    const { numUpdatedRows } = await tx
      .updateTable('resources')
      .set({ operation: to })
      .where('operation', '=', from.id)
      .where('state', unfit ? '=' : '!=', 'unfit')
      .where('host', 'in', chunk)
      .executeTakeFirst();
    moved += numUpdatedRows;
  }
  if (moved !== BigInt(hosts.length))
    throw new RefusedError(
      `the hosts of operation ${from.id} changed since the plan was made`,
      'make the plan anew',
    );
  await tx
    .updateTable('operations')
    .set({
      state: from.state === 'running' ? 'interrupted' : from.state,
      message: `${from.message === '' ? from.state : from.message}; ${why}`,
      finished_at: from.finished_at ?? now.toISOString(),
      closed: isResumable(from, now) ? 1 : from.closed,
    })
    .where('id', '=', from.id)
    .execute();
  await releaseLocks(tx, from.id);
}

/** Gives back the hosts that serve, when the operation that took them over is given up. */
export async function handBack(tx: Tx, plan: Plan, from: string): Promise<void> {
  for (const { operation, hosts } of handoversOf(plan))
    for (const chunk of inChunks(hosts))
      await tx
        .updateTable('resources')
        .set({ operation })
        .where('operation', '=', from)
        .where('state', '=', 'assigned')
        .where('host', 'in', chunk)
        .execute();
}

/** When an undo is done, records in the undone operation which operation undid it. */
export async function markUndone(db: Database | Tx, by: string): Promise<void> {
  const { body } = await db
    .selectFrom('plans')
    .select('body')
    .where('operation', '=', by)
    .executeTakeFirstOrThrow();
  const plan = readPlan(JSON.parse(body), by);
  for (const operation of undoneBy(plan))
    await db.updateTable('operations').set({ undone_by: by }).where('id', '=', operation).execute();
}

/** An undo of an expansion takes over the hosts of all that it undoes; another one names the operation. */
function undoneBy(plan: Plan): readonly string[] {
  if (plan.kind === 'undo') return handoversOf(plan).map(({ operation }) => operation);
  return plan.undoes === undefined ? [] : [plan.undoes];
}

/** Older plans take hosts of one operation at most. */
function handoversOf({ takesOver }: Pick<Plan, 'takesOver'>): readonly Handover[] {
  if (takesOver === undefined) return [];
  return 'operation' in takesOver ? [takesOver] : takesOver;
}
