import { LEASE_MS } from './ledger.js';
import type { Database, Tx } from './tables.js';

/**
 * The time by the only clock of a ledger, which its database gives: the clocks of clients on several machines may differ by more
 * than a lease is long. It is read in the transaction that decides by it.
 */
export type LedgerClock = (db: Database | Tx) => Promise<Date>;

/**
 * A lease that ends later than a lease that begins now was given before the clock was set back. It is cut to the normal length,
 * so it does not last for as long as the clock had been wrong. An owner that is alive renews it in time.
 */
export async function boundLeases(tx: Tx, now: Date): Promise<void> {
  const latest = now.getTime() + LEASE_MS;
  await tx
    .updateTable('operations')
    .set({ lease_until: latest })
    .where('state', '=', 'running')
    .where('lease_until', '>', latest)
    .execute();
}
