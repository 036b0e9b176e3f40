import { RefusedError } from '../errors.js';
import { isLive } from './operations.js';
import { ownerText } from './owner.js';
import { type OperationRow, ownerOf, type Tx } from './tables.js';

/**
 * Takes all locks or throws. A lock lasts as long as the operation that holds it. If the owner of that operation is gone, the
 * lock is still not taken away, because the work is half done: an operator must first resume or close the operation.
 * @throws RefusedError: which owner and operation hold it, and since when
 */
export async function takeLocks(
  tx: Tx,
  names: readonly string[],
  operation: string,
  now: Date,
): Promise<void> {
  for (const name of names) {
    const holder = await tx
      .selectFrom('locks')
      .innerJoin('operations', 'operations.id', 'locks.operation')
      .selectAll('operations')
      .select('locks.since as since')
      .where('locks.name', '=', name)
      .executeTakeFirst();
    if (holder === undefined)
      await tx.insertInto('locks').values({ name, operation, since: now.toISOString() }).execute();
    else if (holder.id !== operation) throw lockRefusal(name, holder, holder.since, now);
  }
}

export async function releaseLocks(tx: Tx, operation: string): Promise<void> {
  await tx.deleteFrom('locks').where('operation', '=', operation).execute();
}

function lockRefusal(name: string, holder: OperationRow, since: string, now: Date): RefusedError {
  const who = ownerText(ownerOf(holder.owner));
  const what = `operation ${holder.id} (${holder.title})`;
  if (isLive(holder, now))
    return new RefusedError(
      `${name} is locked by ${what}, run by ${who} since ${since}`,
      `kuafu ops show ${holder.id} tells how far it is`,
    );
  return new RefusedError(
    `${name} is locked by ${what}, which ${who} began at ${since} and which nobody runs any more`,
    `kuafu ops resume ${holder.id} goes on with it; kuafu ops close ${holder.id} gives it up`,
  );
}
