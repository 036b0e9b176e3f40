import { access, constants, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
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

/** `rehearse` changes nothing in the end; if there is no ledger, only `write` makes one. */
export type LedgerAccess = 'read' | 'rehearse' | 'write';

/**
 * Opens the ledger of the configuration. `read` and `rehearse` need only the permission to read: where a ledger of an older
 * kuafu cannot be written, they get a copy in memory. `write` brings the schema up to date, and makes the folder (0700) and
 * the file (0600) when they are missing. The database library is loaded here, not before.
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
  return new SqlLedger(await openDatabase(file, wanted, patienceMs), sqliteClock);
}

async function openDatabase(file: string, wanted: LedgerAccess, patienceMs: number): Promise<Database> {
  const isThere = isOwnLedger(file);
  if (wanted === 'write') await createPrivately(file);
  else if (!isThere) return await openToWrite((await import('./sqlite-file.js')).IN_MEMORY, patienceMs);
  else await requireReadable(file);
  if (wanted === 'write') return await openToWrite(file, patienceMs);
  const present = await openToRead(file, patienceMs);
  if (wanted === 'read' && present !== undefined) return present;
  await present?.destroy();
  // Written once where it can be: to bring a large ledger up to date takes seconds.
  return await ((await isWritable(file)) ? openToWrite : openCopy)(file, patienceMs);
}

async function openToWrite(file: string, patienceMs: number): Promise<Database> {
  const { openSqlite } = await import('./sqlite.js');
  return await broughtUpToDate(file, () => openSqlite(file, patienceMs));
}

async function openCopy(file: string, patienceMs: number): Promise<Database> {
  const { openSqliteCopy } = await import('./sqlite.js');
  return await broughtUpToDate(file, () => openSqliteCopy(file, patienceMs));
}

async function broughtUpToDate(file: string, open: () => Promise<Database>): Promise<Database> {
  const { migrate } = await import('./migrate.js');
  try {
    return await openedBy(await open(), async (database) => {
      await migrate(database, file);
      return database;
    });
  } catch (error) {
    throw asRefusal(error);
  }
}

/** Undefined when its schema is of an older version. */
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

/** Also its folder, in which SQLite makes the files of its log. */
async function isWritable(file: string): Promise<boolean> {
  try {
    const path = await realpath(file);
    await Promise.all([path, dirname(path)].map((each) => access(each, constants.W_OK)));
    return true;
  } catch {
    return false;
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
