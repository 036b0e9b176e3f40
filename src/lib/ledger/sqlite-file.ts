import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import { FailedError, type KuafuError } from '../errors.js';
import { LedgerUnusableError } from './errors.js';

/** Blocks this whole process, so it is short; the rest of the wait is outside of the library. */
export const BUSY_TIMEOUT_MS = 50;

/** @throws LedgerUnusableError */
export function connect(file: string): Libsql.Database {
  try {
    return new Libsql(file);
  } catch (error) {
    throw new LedgerUnusableError(`the ledger ${file} cannot be opened`, String(error));
  }
}

/** A busy statement has done nothing, so it can be repeated; meanwhile the event loop goes on. */
export async function patiently<R>(
  file: string,
  patienceMs: number,
  attempt: () => R | Promise<R>,
): Promise<R> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error;
      if (Date.now() > deadline) throw busyError(file, patienceMs);
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
  if (is('SQLITE_NOTADB') || is('SQLITE_CORRUPT'))
    return new LedgerUnusableError(
      `the ledger ${file} is damaged; it was left as it is`,
      `move it away (with its -wal and -shm files) and put a backup in its place, or start a new one`,
    );
  if (is('SQLITE_READONLY') || is('SQLITE_PERM') || is('SQLITE_AUTH'))
    return new LedgerUnusableError(`the ledger ${file} cannot be written: no permission`);
  if (is('SQLITE_CANTOPEN')) return new LedgerUnusableError(`the ledger ${file} cannot be opened`);
  if (is('SQLITE_FULL')) return new FailedError(`the ledger ${file} cannot grow: its disk is full`);
  if (is('SQLITE_IOERR')) return new FailedError(`the ledger ${file}: its disk reports an error (${code})`);
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Libsql.SqliteError ? error.code : '';
}
