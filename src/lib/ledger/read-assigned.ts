import type { Config } from '../config/config-types.js';
import type { Assignment } from '../inventory/inventory.js';
import { isOwnLedger } from './own-ledger.js';

/** How long a read waits for other processes, in milliseconds. */
const PATIENCE_MS = 10_000;

const HAS_TABLE = "select 1 from sqlite_master where type = 'table' and name = 'resources'";
const ASSIGNED = `select host, app, app_group as "group", room from resources where state = 'assigned'`;

/**
 * The spare hosts that work for a group, for commands that look at hosts and record nothing. It makes no ledger where
 * there is none, and does without the query builder, whose loading takes longer than a command on twenty hosts.
 *
 * @throws LedgerUnusableError when the file is damaged, not ours alone or cannot be opened
 */
export async function readAssigned({ ledger: { file } }: Pick<Config, 'ledger'>): Promise<Assignment[]> {
  if (!isOwnLedger(file)) return [];
  const { connectToRead, explained, patiently } = await import('./sqlite-file.js');
  const { readRows } = await import('./rows.js');
  const library = await connectToRead(file, PATIENCE_MS);
  try {
    return await patiently(file, PATIENCE_MS, () => {
      const isSetUp = readRows(file, library, HAS_TABLE).length > 0;
      return isSetUp ? (readRows(file, library, ASSIGNED) as Assignment[]) : [];
    });
  } catch (error) {
    throw explained(file, error);
  } finally {
    library.close();
  }
}
