import { isUtf8 } from 'node:buffer';
import type Libsql from 'libsql';
import { damaged } from './errors.js';

/** By statement. Statements with lists of values differ each time, so the oldest entry is dropped. */
const reading = new Map<string, string>();
const MOST = 500;

/**
 * The rows of a query. libsql ends the whole process (0.5.29, value.rs: unwrap) when a damaged file has text that is not UTF-8.
 * So text comes from it as bytes and is checked here.
 *
 * @throws LedgerUnusableError for such text; errors of SQLite
 */
export function readRows(
  file: string,
  library: Libsql.Database,
  sql: string,
  parameters: readonly unknown[] = [],
): unknown[] {
  const rows = library.prepare(bytesForText(library, sql)).all(...parameters) as Record<string, unknown>[];
  for (const row of rows)
    for (const [name, value] of Object.entries(row))
      if (value instanceof ArrayBuffer || value instanceof Uint8Array) row[name] = textOf(file, value);
  return rows;
}

function bytesForText(library: Libsql.Database, sql: string): string {
  const known = reading.get(sql);
  if (known !== undefined) return known;
  const columns = library.prepare(sql).columns();
  const selected = columns
    .map(({ name }) => `"${name.replaceAll('"', '""')}"`)
    .map((name) => `case typeof(${name}) when 'text' then cast(${name} as blob) else ${name} end as ${name}`);
  const wrapped = `select ${selected.join(', ')} from (${sql})`;
  const [oldest] = reading.keys();
  if (reading.size >= MOST && oldest !== undefined) reading.delete(oldest);
  reading.set(sql, wrapped);
  return wrapped;
}

function textOf(file: string, value: ArrayBuffer | Uint8Array): string {
  const bytes = Buffer.from(value as ArrayBuffer);
  if (!isUtf8(bytes)) throw damaged(file);
  return bytes.toString('utf8');
}
