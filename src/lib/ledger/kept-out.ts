import type { KeptOut } from './ledger.js';
import { type Database, inChunks, type Tx } from './tables.js';

export async function readKeptOut(db: Database): Promise<readonly KeptOut[]> {
  return await db
    .selectFrom('kept_out')
    .innerJoin('operations', 'operations.id', 'kept_out.operation')
    .select(['kept_out.host', 'kept_out.app', 'kept_out.since', 'kept_out.operation', 'operations.operator'])
    .execute();
}

/** The last operation that took the host out is stored: it knows all places of the host in traffic. */
export async function setKeptOut(
  tx: Tx,
  { host, app, operation }: Pick<KeptOut, 'host' | 'app' | 'operation'>,
  wanted: 'out' | 'in',
  now: Date,
): Promise<void> {
  if (wanted === 'in') {
    await tx.deleteFrom('kept_out').where('host', '=', host).where('app', '=', app).execute();
    return;
  }
  const since = now.toISOString();
  await tx
    .insertInto('kept_out')
    .values({ host, app, operation, since })
    .onConflict((conflict) =>
      conflict.columns(['host', 'app']).doUpdateSet((eb) => ({
        operation,
        since: eb
          .case()
          .when('kept_out.operation', '=', operation)
          .then(eb.ref('kept_out.since'))
          .else(since)
          .end(),
      })),
    )
    .execute();
}

/** For hosts that go back into the pool. */
export async function forgetKeptOut(tx: Tx, hosts: readonly string[]): Promise<void> {
  for (const chunk of inChunks(hosts)) await tx.deleteFrom('kept_out').where('host', 'in', chunk).execute();
}
