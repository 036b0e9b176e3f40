import { access, constants } from 'node:fs/promises';
import type { Config } from '../config/config-types.js';
import { sentenceOf } from '../errors.js';
import { makeFolderOf } from '../own-files/folder.js';
import { openToAppend } from '../own-files/write.js';
import { asRefusal, LedgerUnusableError } from './errors.js';
import type { Ledger } from './ledger.js';
import { isOwnLedger } from './own-ledger.js';
import type { Database } from './tables.js';

/** How long a write waits for other processes, in milliseconds. */
const PATIENCE_MS = 10_000;

/** `rehearse` writes and then rolls everything back; if there is no ledger, only `write` makes one. */
export type LedgerAccess = 'read' | 'rehearse' | 'write';

/**
 * Opens the ledger of the configuration. `read` needs only the permission to read. `write` brings the schema up to date, and
 * makes the folder (0700) and the file (0600) when they are missing. The database library is loaded here, not before.
 *
 * @throws LedgerUnusableError: damaged, of a newer kuafu, open to other users, or not readable or writable
 */
export async function openLedger(
  config: Pick<Config, 'ledger'>,
  wanted: LedgerAccess = 'write',
  patienceMs = PATIENCE_MS,
): Promise<Ledger> {
  const { file } = config.ledger;
  const [{ SqlLedger }, { sqliteClock }] = await Promise.all([
    import('./sql-ledger.js'),
    import('./sqlite.js'),
  ]);
  const isThere = isOwnLedger(file);
  if (wanted === 'write') await createPrivately(file);
  else if (isThere) await requireReadable(file);
  else return new SqlLedger(await openToWrite(IN_MEMORY, patienceMs), sqliteClock);
  const readable = wanted === 'read' ? await openToRead(file, patienceMs) : undefined;
  return new SqlLedger(readable ?? (await openToWrite(file, patienceMs)), sqliteClock);
}

/** SQLite's name for a database that only this process sees and that ends with it: here, an empty ledger. */
const IN_MEMORY = ':memory:';

async function openToWrite(file: string, patienceMs: number): Promise<Database> {
  const [{ openSqlite }, { migrate }] = await Promise.all([import('./sqlite.js'), import('./migrate.js')]);
  try {
    return await openedBy(await openSqlite(file, patienceMs), async (database) => {
      await migrate(database, file);
      return database;
    });
  } catch (error) {
    throw asRefusal(error);
  }
}

/** Undefined when its schema is not of this version, so that it must first be written. */
async function openToRead(file: string, patienceMs: number): Promise<Database | undefined> {
  const [{ openSqliteToRead }, { isUpToDate }] = await Promise.all([
    import('./sqlite.js'),
    import('./migrate.js'),
  ]);
  return await openedBy(await openSqliteToRead(file, patienceMs), async (database) => {
    if (await isUpToDate(database, file)) return database;
    await database.destroy();
    return undefined;
  });
}

async function openedBy<T>(database: Database, check: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await check(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

async function requireReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw unusable(file, 'read', error);
  }
}

/** Plans and events name hosts and addresses, so no other user may read them. */
async function createPrivately(file: string): Promise<void> {
  try {
    makeFolderOf(file);
    await (await openToAppend(file)).close();
  } catch (error) {
    throw unusable(file, 'written', error);
  }
}

function unusable(file: string, what: 'read' | 'written', error: unknown): LedgerUnusableError {
  return new LedgerUnusableError(
    `the ledger ${file} cannot be ${what}: ${sentenceOf(error)}`,
    what === 'read'
      ? 'ask its owner, or name another place under `ledger` in the configuration'
      : 'give the folder to this user, or name another place under `ledger` in the configuration',
  );
}
