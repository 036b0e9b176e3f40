import { readPlan } from '../plan/stored.js';
import type { RunEvent } from '../record/events.js';
import { markUndone } from './handover.js';
import { enterOperationHosts, laneHosts } from './operation-hosts.js';
import { type Database, ownerOf } from './tables.js';
import { writeTally } from './tallies.js';

/** How the operations of before were launched, and whether somebody went on with them. */
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

/** The hosts of the operations of before: those of the plan, and the standbys that stood in. */
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

/** What statistics need of the operations of before. */
export async function tallyOperations(db: Database): Promise<void> {
  const ended = await db.selectFrom('operations').select('id').where('state', '!=', 'running').execute();
  for (const { id } of ended) await writeTally(db, id);
}

/** Expansions that an undo of before has taken back. */
export async function enterUndone(db: Database): Promise<void> {
  const undos = db
    .selectFrom('operations')
    .select('id')
    .where('kind', '=', 'undo')
    .where('state', '=', 'done');
  for (const { id } of await undos.execute()) await markUndone(db, id);
}
