import type { Kysely, Selectable, Transaction } from 'kysely';
import type { OperationState } from '../run/events.js';
import type { Owner, ResourceRow } from './ledger.js';

/**
 * The tables, in types that every database has: text and integers alone. Times that people read are ISO 8601 in UTC;
 * lease_until is milliseconds since 1970. A plan may hold a megabyte, so it has a row of its own, away from the row
 * that each append updates.
 */
export interface Tables {
  operations: OperationTable;
  plans: { operation: string; checksum: string; body: string };
  events: { operation: string; seq: number; body: string };
  locks: { name: string; operation: string; since: string };
  resources: ResourceTable;
  /** One row; whoever has updated it may decide on locks and hosts, all others wait. */
  turns: { id: number; taken: number };
}

interface OperationTable {
  id: string;
  kind: string;
  title: string;
  app: string;
  app_group: string;
  room: string;
  state: OperationState;
  /** 1: closed for good, no resume. */
  closed: number;
  operator: string;
  /** Owner as JSON; who holds the operation is compared by this text. */
  owner: string;
  started_at: string;
  finished_at: string | null;
  message: string;
  lease_until: number;
  event_count: number;
}

interface ResourceTable {
  host: string;
  room: string;
  state: ResourceRow['state'];
  app: string;
  app_group: string;
  operation: string;
  reason: string;
  since: string;
}

export type OperationRow = Selectable<OperationTable>;
export type ResourceTableRow = Selectable<ResourceTable>;
export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** The same owner is always the same text. */
export function ownerColumn(owner: Owner): string {
  const { operator, launched, machine, pid, processStart } = owner;
  return JSON.stringify({ operator, launched, machine, pid, processStart });
}

export function ownerOf(column: string): Owner {
  return JSON.parse(column) as Owner;
}

/** Databases limit the values of one statement; 500 rows of our widest table stay below every limit. */
export function inChunks<T>(rows: readonly T[]): readonly T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < rows.length; start += 500) chunks.push(rows.slice(start, start + 500));
  return chunks;
}
