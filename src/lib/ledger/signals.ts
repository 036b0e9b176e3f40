import { RefusedError, UsageError } from '../errors.js';
import type { NewSignal, Signal } from './ledger.js';
import { findOperation } from './operations.js';
import type { Database, Tx } from './tables.js';

/** More signals can only come from a script that does not stop. */
const MOST = 1000;
const WORD = /^[a-z][a-z0-9-]{0,30}$/;

/** @throws RefusedError when the operation is over, or has too many signals; UsageError for an invalid word */
export async function leaveSignal(
  tx: Tx,
  idOrPrefix: string,
  { word, about }: NewSignal,
  operator: string,
  now: Date,
): Promise<void> {
  if (!WORD.test(word))
    throw new UsageError(`${JSON.stringify(word.slice(0, 60))} is no answer`, 'it is one word, such as go');
  const row = await findOperation(tx, idOrPrefix);
  if (row.closed !== 0 || row.state === 'done' || row.state === 'undone')
    throw new RefusedError(
      `operation ${row.id} (${row.title}) has ended, so it takes no request any more`,
      `kuafu ops show ${row.id}`,
    );
  const { last } = await tx
    .selectFrom('signals')
    .select((eb) => eb.fn.coalesce(eb.fn.max('seq'), eb.lit(0)).as('last'))
    .where('operation', '=', row.id)
    .executeTakeFirstOrThrow();
  const seq = Number(last) + 1;
  if (seq > MOST)
    throw new RefusedError(`operation ${row.id} was told something ${MOST} times: that is enough`);
  const at = now.toISOString();
  await tx.insertInto('signals').values({ operation: row.id, seq, word, about, operator, at }).execute();
}

/** In the order of their numbers. */
export async function readSignals(
  db: Database,
  operation: string,
  after: number,
): Promise<readonly Signal[]> {
  return await db
    .selectFrom('signals')
    .select(['seq', 'word', 'about', 'operator', 'at'])
    .where('operation', '=', operation)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(MOST)
    .execute();
}
