import { statSync } from 'node:fs';
import type Libsql from 'libsql';
import { damaged } from './errors.js';
import { isOwnLedger } from './own-ledger.js';
import { readRows } from './rows.js';

/** The largest ledger of which every page is checked. Measured: 4 ms a MiB, and an operator should not have to wait for it. */
const LOOKED_THROUGH_BYTES = 2 * 1024 * 1024;

/**
 * Checks the schema of a ledger each time it is opened, because libsql passes its names on unchecked. In a small ledger it also
 * checks every page. In a large one, damage shows when the damaged part is read, and missing rows are not noticed.
 *
 * @throws LedgerUnusableError; errors of SQLite when it is busy
 */
export function requireSound(file: string, library: Libsql.Database): void {
  // In a sticky folder another user may have put a log there meanwhile.
  if (file !== ':memory:') isOwnLedger(file);
  const schema = readRows(file, library, 'select sql from sqlite_schema where sql is not null');
  for (const { sql } of schema as { sql: string }[]) if (!/^[\t\n\r -~]*$/.test(sql)) throw damaged(file);
  if (sizeOf(file) + sizeOf(`${file}-wal`) <= LOOKED_THROUGH_BYTES) requireWhole(file, library);
}

/** @throws LedgerUnusableError when a page, an index or a row is not as SQLite wrote it */
export function requireWhole(file: string, library: Libsql.Database): void {
  const [found] = readRows(file, library, 'select integrity_check as said from pragma_integrity_check(1)');
  if ((found as { said?: string } | undefined)?.said !== 'ok') throw damaged(file);
}

export function sizeOf(file: string): number {
  const known = statSync(file, { throwIfNoEntry: false });
  return known?.isFile() === true ? known.size : 0;
}
