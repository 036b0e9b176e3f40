import type { Config } from '../config/config-types.js';
import type { Assignment } from '../names/host.js';
import type { KeptOut } from './ledger.js';
import { isOwnLedger } from './own-ledger.js';

/** How long a read waits for other processes, in milliseconds. */
const PATIENCE_MS = 10_000;

const ASSIGNED = `select host, app, app_group as "group", room from resources where state = 'assigned'`;
const KEPT_OUT = `select k.host as host, k.app as app, k.since as since, k.operation as operation, o.operator as operator
  from kept_out k join operations o on o.id = k.operation`;

/**
 * The spare hosts that work for a group, for commands that look at hosts and record nothing. It makes no ledger when there is
 * none. It does not use the query builder: loading that takes longer than a command on twenty hosts.
 *
 * @throws LedgerUnusableError when the file is damaged, open to other users or cannot be opened
 */
export async function readAssigned(config: Pick<Config, 'ledger'>): Promise<Assignment[]> {
  return (await readTable(config, 'resources', ASSIGNED)) as Assignment[];
}

/** Hosts that an operator keeps out of traffic; otherwise as readAssigned(). */
export async function readKeptOut(config: Pick<Config, 'ledger'>): Promise<readonly KeptOut[]> {
  return (await readTable(config, 'kept_out', KEPT_OUT)) as KeptOut[];
}

/** No rows when there is no such table, as in a ledger of an earlier version. */
async function readTable(
  { ledger: { file } }: Pick<Config, 'ledger'>,
  table: string,
  sql: string,
): Promise<readonly unknown[]> {
  if (!isOwnLedger(file)) return [];
  const { connectToRead, explained, patiently } = await import('./sqlite-file.js');
  const { readRows } = await import('./rows.js');
  const library = await connectToRead(file, PATIENCE_MS);
  try {
    return await patiently(file, PATIENCE_MS, () => {
      const hasTable = "select 1 from sqlite_master where type = 'table' and name = ?";
      const isSetUp = readRows(file, library, hasTable, [table]).length > 0;
      return isSetUp ? readRows(file, library, sql) : [];
    });
  } catch (error) {
    throw explained(file, error);
  } finally {
    library.close();
  }
}
