import { statSync } from 'node:fs';
import type Libsql from 'libsql';
import { damaged } from './errors.js';
import { isOwnLedger } from './own-ledger.js';
import { readRows } from './rows.js';

/** What a look at every page of may cost: measured 4 ms a MiB, and nobody should wait for it. */
const LOOKED_THROUGH_BYTES = 2 * 1024 * 1024;

/**
 * The schema of a ledger is looked at whenever it is opened, as its names go through libsql unseen; and every page where the
 * ledger is small. In a large one, what is damaged shows when it is read, and what is missing then is not noticed.
 *
 * @throws LedgerUnusableError; errors of SQLite when it is busy
 */
export function requireSound(file: string, library: Libsql.Database): void {
  // In a sticky folder somebody may have put a log there meanwhile.
  if (file !== ':memory:') isOwnLedger(file);
  const schema = readRows(file, library, 'select sql from sqlite_schema where sql is not null');
  for (const { sql } of schema as { sql: string }[]) if (!/^[\t\n\r -~]*$/.test(sql)) throw damaged(file);
  if (sizeOf(file) + sizeOf(`${file}-wal`) <= LOOKED_THROUGH_BYTES) requireWhole(file, library);
}

/** @throws LedgerUnusableError when a page, an index or a row is not as SQLite has written it */
export function requireWhole(file: string, library: Libsql.Database): void {
  const [found] = readRows(file, library, 'select integrity_check as said from pragma_integrity_check(1)');
  if ((found as { said?: string } | undefined)?.said !== 'ok') throw damaged(file);
}

export function sizeOf(file: string): number {
  const known = statSync(file, { throwIfNoEntry: false });
  return known?.isFile() === true ? known.size : 0;
}
