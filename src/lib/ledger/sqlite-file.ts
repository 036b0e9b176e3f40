import { closeSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import Libsql from 'libsql';
import { FailedError, type KuafuError } from '../errors.js';
import { damaged, LedgerDiskError, LedgerUnusableError } from './errors.js';
import { openedLedgers } from './opened.js';
import { requireSound, sizeOf } from './soundness.js';

/**
 * The clock of the machine that has the file, in milliseconds since 1970. The write-ahead log uses shared memory, so every
 * process that uses the ledger is on that machine.
 */
export const NOW_MS = "cast(round(unixepoch('subsec') * 1000) as integer)";

/** The library blocks this whole process for this time, so it is short; the rest of the wait is outside the library. */
export const BUSY_TIMEOUT_MS = 50;

/**
 * @param address the path, or https://www.sqlite.org/uri.html
 * @throws LedgerUnusableError when it cannot be opened, or its end is missing
 */
export function connect(file: string, address: string): Libsql.Database {
  try {
    if (isCutOff(file)) throw damaged(file);
    openedLedgers.add(file);
    return new Libsql(address);
  } catch (error) {
    if (error instanceof LedgerUnusableError) throw error;
    throw new LedgerUnusableError(`the ledger ${file} cannot be opened`, String(error));
  }
}

/** SQLite's name for a database that only this process sees and that ends with it. */
export const IN_MEMORY = ':memory:';

/** Error codes on a read-only file system, and on a full disk. */
const NO_LOG_POSSIBLE = /^SQLITE_(CANTOPEN|FULL|IOERR_SHM\w+)$/;

/**
 * Connects only to read: no file is changed and no folder made. On a read-only file system or a full disk SQLite cannot make the
 * files of its write-ahead log; if that log is empty, the database is complete without it.
 * @throws LedgerUnusableError when the file is no database or cannot be read
 */
export async function connectToRead(file: string, patienceMs: number): Promise<Libsql.Database> {
  return (await connectedToRead(file, patienceMs)).library;
}

/** The address by which SQLite can read the file; errors as for connectToRead(). */
export async function addressToRead(file: string, patienceMs: number): Promise<string> {
  const { library, address } = await connectedToRead(file, patienceMs);
  library.close();
  return address;
}

async function connectedToRead(
  file: string,
  patienceMs: number,
): Promise<{ readonly library: Libsql.Database; readonly address: string }> {
  const address = `${pathToFileURL(file)}?mode=ro`;
  try {
    return { library: await lookInto(file, connect(file, address), patienceMs), address };
  } catch (error) {
    if (!NO_LOG_POSSIBLE.test(codeOf(error)) || sizeOf(`${file}-wal`) > 0) throw explained(file, error);
  }
  const alone = `${address}&immutable=1`;
  try {
    return { library: await lookInto(file, connect(file, alone), patienceMs), address: alone };
  } catch (error) {
    throw explained(file, error);
  }
}

/** If the file has a fault, the first read fails. */
async function lookInto(
  file: string,
  library: Libsql.Database,
  patienceMs: number,
): Promise<Libsql.Database> {
  try {
    const look = `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA schema_version;`;
    await patiently(file, patienceMs, () => library.exec(look));
    await patiently(file, patienceMs, () => requireSound(file, library));
    return library;
  } catch (error) {
    library.close();
    throw error;
  }
}

/** A busy statement has done nothing, so it can be repeated; the event loop goes on meanwhile. */
export async function patiently<R>(
  file: string,
  patienceMs: number,
  attempt: () => R | Promise<R>,
): Promise<R> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error;
      if (performance.now() > deadline) throw busyError(file, patienceMs);
    }
    await sleep(5 + Math.random() * 20);
  }
}

function busyError(file: string, patienceMs: number): KuafuError {
  return new FailedError(
    `the ledger ${file} was busy for ${patienceMs / 1000} s: another process holds it`,
    `fuser -v ${file} names the processes that have it open`,
  );
}

/** Extended codes begin with the primary one: https://www.sqlite.org/rescode.html */
export function explained(file: string, error: unknown): unknown {
  const code = codeOf(error);
  const is = (primary: string) => code === primary || code.startsWith(`${primary}_`);
  // A page that is referred to but lies after the end of the file is also damage.
  if (is('SQLITE_NOTADB') || is('SQLITE_CORRUPT') || is('SQLITE_IOERR_SHORT_READ')) return damaged(file);
  if (is('SQLITE_READONLY') || is('SQLITE_PERM') || is('SQLITE_AUTH'))
    return new LedgerUnusableError(`the ledger ${file} cannot be written: no permission`);
  if (is('SQLITE_CANTOPEN')) return new LedgerUnusableError(`the ledger ${file} cannot be opened`);
  if (is('SQLITE_FULL'))
    return new LedgerDiskError(
      `the ledger ${file} cannot grow: its disk is full`,
      `make room there (df -h ${dirname(file)}), or name another place under \`ledger\` in the configuration`,
    );
  if (is('SQLITE_IOERR'))
    return new LedgerDiskError(`the ledger ${file}: its disk reports an error (${code})`);
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Libsql.SqliteError ? error.code : '';
}

/**
 * Whether the file is shorter than its own header says; SQLite notices this only when it reads a missing page. If the write-ahead
 * log is not empty, it has the pages that the file lacks. https://www.sqlite.org/fileformat2.html#the_database_header
 */
function isCutOff(file: string): boolean {
  const size = sizeOf(file);
  if (size < HEADER_BYTES || sizeOf(`${file}-wal`) > 0) return false;
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(descriptor);
  }
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return false;
  const stored = header.readUInt16BE(16);
  const pageBytes = stored === 1 ? 65_536 : stored;
  // Another process may have written between our two reads.
  return header.readUInt32BE(28) * pageBytes > Math.max(size, sizeOf(file)) && sizeOf(`${file}-wal`) === 0;
}

const HEADER_BYTES = 100;
