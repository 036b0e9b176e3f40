import { LEASE_MS } from './ledger.js';
import type { Database, Tx } from './tables.js';

/**
 * The time by the one clock of a ledger, which its database tells: clients on several machines may have it wrong by more than a
 * lease is long. Read in the transaction that decides by it.
 */
export type LedgerClock = (db: Database | Tx) => Promise<Date>;

/**
 * A lease that ends later than one that begins now was given before the clock was set back. Who holds it renews it in time if
 * they live; it lasts no longer than any other from here on, not for as long as the clock had been wrong.
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
