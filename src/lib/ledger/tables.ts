import type { Kysely, Selectable, Transaction } from 'kysely';
import type { OperationState } from '../record/events.js';
import type { Owner, TakenSpare } from './ledger.js';

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
  /** Spares that are not free; the tables keep the names that they had first. */
  resources: PoolTable;
  /** Spares that somebody keeps by hand; of a host at most one row is neither over nor released. */
  reservations: ReservationTable;
  /** Hosts that are kept out of the traffic of an application, by the operation that took them out. */
  kept_out: { host: string; app: string; operation: string; since: string };
  /** Who was in which operation: hosts of its lanes, and standbys whose turn came. */
  operation_hosts: { operation: string; host: string };
  /** What statistics need of an operation that ended, see record/tally.ts; made anew from its events where it is missing. */
  digests: { operation: string; body: string };
  /** What anybody asks of whoever runs an operation, numbered from 1 by operation. */
  signals: SignalTable;
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
  /** How it was launched first; `owner` has how it was launched last. */
  launched: Owner['launched'];
  /** 1: somebody went on with it. */
  resumed: number;
  /** The operation that took it back; empty while none has. */
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
  /** Who released it before its time; empty: nobody. */
  released_by: string;
  /** Empty: it was not released. */
  released_at: string;
}

export type OperationRow = Selectable<OperationTable>;
export type PoolTableRow = Selectable<PoolTable>;
export type ReservationRow = Selectable<ReservationTable>;
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
