import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config/config-types.js';
import { sentenceOf } from '../errors.js';
import { LedgerUnusableError } from './errors.js';
import type { Ledger } from './ledger.js';

/** How long a write waits for other processes, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Opens the ledger of the configuration and brings its schema up to date; makes folder (0700) and file (0600) when
 * they are missing. The database library is loaded here, not before.
 *
 * @throws LedgerUnusableError: damaged, of a newer kuafu, or not to be written
 */
export async function openLedger(config: Pick<Config, 'ledger'>, patienceMs = PATIENCE_MS): Promise<Ledger> {
  const { file } = config.ledger;
  await createPrivately(file);
  const [{ openSqlite }, { migrate }, { SqlLedger }] = await Promise.all([
    import('./sqlite.js'),
    import('./migrate.js'),
    import('./sql-ledger.js'),
  ]);
  const database = await openSqlite(file, patienceMs);
  try {
    await migrate(database, file);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return new SqlLedger(database);
}

/** Plans and events name hosts and addresses, so they are nobody else's to read. */
async function createPrivately(file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await (await open(file, 'a', 0o600)).close();
  } catch (error) {
    throw new LedgerUnusableError(
      `the ledger ${file} cannot be written: ${sentenceOf(error)}`,
      'give the folder to this user, or name another place under `ledger` in the configuration',
    );
  }
}
