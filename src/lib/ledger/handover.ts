import { RefusedError } from '../errors.js';
import type { Plan } from '../plan/plan.js';
import { releaseLocks } from './locks.js';
import { findOperation, isLive, isResumable, runningRefusal } from './operations.js';
import { type Database, inChunks, type Tx } from './tables.js';

type Handover = NonNullable<Plan['takesOver']>;

/**
 * Moves hosts from an earlier operation to a new one, in the state they are in, all or none. The earlier one is closed:
 * a resume of it would take hosts as its own that are not.
 * @throws RefusedError when it runs, or does not have one of the hosts any more
 */
export async function takeHostsOver(
  tx: Tx,
  { operation, hosts }: Handover,
  to: string,
  now: Date,
): Promise<void> {
  const from = await findOperation(tx, operation);
  if (isLive(from, now)) throw runningRefusal(from);
  let moved = 0n;
  for (const chunk of inChunks(hosts)) {
    const { numUpdatedRows } = await tx
      .updateTable('resources')
      .set({ operation: to })
      .where('operation', '=', from.id)
      .where('state', '!=', 'unfit')
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
      message: `${from.message === '' ? from.state : from.message}; undo: ${to}`,
      finished_at: from.finished_at ?? now.toISOString(),
      closed: isResumable(from, now) ? 1 : from.closed,
    })
    .where('id', '=', from.id)
    .execute();
  await releaseLocks(tx, from.id);
}

/** Gives back the hosts that serve, when the operation that took them over is given up. */
export async function handBack(tx: Tx, { operation }: Handover, from: string): Promise<void> {
  await tx
    .updateTable('resources')
    .set({ operation })
    .where('operation', '=', from)
    .where('state', '=', 'assigned')
    .execute();
}

/** An operation that took over another's hosts is done: that one is taken back, and remembers by whom. */
export async function markUndone(db: Database | Tx, by: string): Promise<void> {
  const { body } = await db
    .selectFrom('plans')
    .select('body')
    .where('operation', '=', by)
    .executeTakeFirstOrThrow();
  const { takesOver } = JSON.parse(body) as Plan;
  if (takesOver === undefined) return;
  await db.updateTable('operations').set({ undone_by: by }).where('id', '=', takesOver.operation).execute();
}
