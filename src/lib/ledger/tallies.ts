import { isReadable, readPlan } from '../plan/stored.js';
import { type Tally, tallyOf } from '../record/tally.js';
import { readEvents } from './event-log.js';
import type { OperationFilter, TalliedOperation } from './ledger.js';
import { matching } from './operation-filter.js';
import { type Database, inChunks, type Tx } from './tables.js';

const NO_PLAN = { stages: [], hosts: [] };

/** Stores what statistics need of an ended operation, so that they need not read its events. */
export async function writeTally(db: Database | Tx, operation: string): Promise<void> {
  await dropTally(db, operation);
  const body = JSON.stringify(await makeTally(db, operation));
  await db.insertInto('digests').values({ operation, body }).execute();
}

/** For an operation that is resumed. */
export async function dropTally(db: Database | Tx, operation: string): Promise<void> {
  await db.deleteFrom('digests').where('operation', '=', operation).execute();
}

/** Operations with their tallies, in the order in which they began. */
export async function readTallies(
  db: Database,
  filter: OperationFilter,
): Promise<readonly TalliedOperation[]> {
  const operations = await db
    .selectFrom('operations')
    .select(['id', 'kind', 'app', 'room', 'state', 'started_at'])
    .where((eb) => matching(eb, filter))
    .orderBy('started_at')
    .orderBy('id')
    .execute();
  const kept = await db
    .selectFrom('digests')
    .selectAll()
    .where('operation', 'in', (eb) =>
      eb
        .selectFrom('operations')
        .select('id')
        .where((inner) => matching(inner, filter)),
    )
    .execute();
  const bodies = new Map(kept.map(({ operation, body }) => [operation, body]));
  const found: TalliedOperation[] = [];
  for (const { id, started_at, ...rest } of operations) {
    const body = bodies.get(id);
    const tally = body === undefined ? await makeTally(db, id) : (JSON.parse(body) as Tally);
    found.push({ ...rest, id, startedAt: started_at, tally });
  }
  return found;
}

/** How long a process ran each of these operations, in milliseconds, by id. They have ended. */
export async function readElapsed(
  db: Database,
  operations: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const elapsed = new Map<string, number>();
  for (const chunk of inChunks(operations)) {
    const kept = await db.selectFrom('digests').selectAll().where('operation', 'in', chunk).execute();
    for (const { operation, body } of kept) elapsed.set(operation, (JSON.parse(body) as Tally).elapsedMs);
  }
  for (const id of operations) if (!elapsed.has(id)) elapsed.set(id, (await makeTally(db, id)).elapsedMs);
  return elapsed;
}

async function makeTally(db: Database | Tx, operation: string): Promise<Tally> {
  const { body } = await db
    .selectFrom('plans')
    .select('body')
    .where('operation', '=', operation)
    .executeTakeFirstOrThrow();
  const stored = JSON.parse(body) as unknown;
  // An operation planned by a newer kuafu is counted by the ids of its steps.
  const plan = isReadable(stored) ? readPlan(stored, operation) : NO_PLAN;
  return tallyOf(plan, await readEvents(db, operation));
}
