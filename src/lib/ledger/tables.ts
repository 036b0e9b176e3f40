import type { Kysely, Selectable, Transaction } from 'kysely';
import type { OperationState } from '../record/events.js';
import type { Owner, TakenSpare } from './ledger.js';

/**
 * The tables, in types that every database has: only text and integers. Times that people read are ISO 8601 in UTC; lease_until
 * is milliseconds since 1970. A plan may hold a megabyte, so it has its own row, apart from the row that each append updates.
 */
export interface Tables {
  operations: OperationTable;
  plans: { operation: string; checksum: string; body: string };
  events: { operation: string; seq: number; body: string };
  locks: { name: string; operation: string; since: string };
  /** Spare hosts that are not free; the tables keep their first names. */
  resources: PoolTable;
  /** Spare hosts that an operator reserved by hand; a host has at most one row that is neither over nor released. */
  reservations: ReservationTable;
  /** Hosts that are kept out of the traffic of an application, by the operation that took them out. */
  kept_out: { host: string; app: string; operation: string; since: string };
  /** The hosts of each operation: hosts of its lanes, and standby hosts that were used. */
  operation_hosts: { operation: string; host: string };
  /** What statistics need of an ended operation, see record/tally.ts; made again from its events when it is missing. */
  digests: { operation: string; body: string };
  /** Requests of any operator to the process that runs an operation, numbered from 1 in each operation. */
  signals: SignalTable;
  /** One row; the transaction that has updated it may decide about locks and hosts, all others wait. */
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
  /** The owner as JSON; this text is compared to see which process holds the operation. */
  owner: string;
  /** How it was launched first; `owner` has how it was launched last. */
  launched: Owner['launched'];
  /** 1: it was resumed. */
  resumed: number;
  /** The operation that undid it; empty when there is none. */
  undone_by: string;
  started_at: string;
  finished_at: string | null;
  message: string;
  lease_until: number;
  event_count: number;
}

interface SignalTable {
  operation: string;
  seq: number;
  word: string;
  /** The step whose question it answers, see questionKey(); empty: none. */
  about: string;
  operator: string;
  at: string;
}

interface PoolTable {
  host: string;
  room: string;
  state: TakenSpare['state'];
  app: string;
  app_group: string;
  operation: string;
  reason: string;
  since: string;
}

interface ReservationTable {
  host: string;
  room: string;
  operator: string;
  note: string;
  since: string;
  until: string;
  /** The operator who released it before its time; empty: it was not released. */
  released_by: string;
  /** Empty: it was not released. */
  released_at: string;
}

export type OperationRow = Selectable<OperationTable>;
export type PoolTableRow = Selectable<PoolTable>;
export type ReservationRow = Selectable<ReservationTable>;
export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** The same owner always gives the same text. */
export function ownerColumn(owner: Owner): string {
  const { operator, launched, machine, pid, processStart } = owner;
  return JSON.stringify({ operator, launched, machine, pid, processStart });
}

export function ownerOf(column: string): Owner {
  return JSON.parse(column) as Owner;
}

/** Databases limit the number of values of a statement; 500 rows of our widest table stay below every limit. */
export function inChunks<T>(rows: readonly T[]): readonly T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < rows.length; start += 500) chunks.push(rows.slice(start, start + 500));
  return chunks;
}
