import { readPlan } from '../plan/stored.js';
import type { RunEvent } from '../record/events.js';
import { markUndone } from './handover.js';
import { enterOperationHosts, laneHosts } from './operation-hosts.js';
import { type Database, ownerOf } from './tables.js';
import { writeTally } from './tallies.js';

/** Enters how earlier operations were launched, and whether they were resumed. */
export async function enterLaunches(db: Database): Promise<void> {
  for (const { id, owner } of await db.selectFrom('operations').select(['id', 'owner']).execute()) {
    const resumed = await db
      .selectFrom('events')
      .select('seq')
      .where('operation', '=', id)
      .where('body', 'like', '%"type":"operation-started"%"resumed":true%')
      .limit(1)
      .execute();
    await db
      .updateTable('operations')
      .set({ launched: ownerOf(owner).launched, resumed: resumed.length })
      .where('id', '=', id)
      .execute();
  }
}

/** Enters the hosts of earlier operations: the hosts of the plan, and the standby hosts that replaced one. */
export async function enterHosts(db: Database): Promise<void> {
  for (const { operation, body } of await db.selectFrom('plans').select(['operation', 'body']).execute()) {
    const asides = await db
      .selectFrom('events')
      .select('body')
      .where('operation', '=', operation)
      .where('body', 'like', '%"type":"host-set-aside"%')
      .execute();
    const standIns = asides.flatMap((row) => {
      const event = JSON.parse(row.body) as RunEvent;
      return event.type === 'host-set-aside' && event.replacedBy !== null ? [event.replacedBy] : [];
    });
    await enterOperationHosts(db, operation, [
      ...laneHosts(readPlan(JSON.parse(body), operation)),
      ...standIns,
    ]);
  }
}

/** Enters what statistics need of earlier operations. */
export async function tallyOperations(db: Database): Promise<void> {
  const ended = await db.selectFrom('operations').select('id').where('state', '!=', 'running').execute();
  for (const { id } of ended) await writeTally(db, id);
}

/** Enters which earlier expansions were undone, and by which operation. */
export async function enterUndone(db: Database): Promise<void> {
  const undos = db
    .selectFrom('operations')
    .select('id')
    .where('kind', '=', 'undo')
    .where('state', '=', 'done');
  for (const { id } of await undos.execute()) await markUndone(db, id);
}
