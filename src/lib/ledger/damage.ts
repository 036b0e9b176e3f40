import type Libsql from 'libsql';
import { KuafuError } from '../errors.js';
import { planChecksum } from '../plan/checksum.js';
import type { RunEvent } from '../record/events.js';
import { readEvent } from '../record/stored-events.js';
import { damaged, LedgerUnusableError } from './errors.js';
import type { MIGRATIONS } from './migrations.js';
import { openedLedgers } from './opened.js';
import { readRows } from './rows.js';
import { requireWhole } from './soundness.js';
import { connectToRead, explained } from './sqlite-file.js';

const PATIENCE_MS = 2000;

type Tables = Readonly<Record<string, readonly string[]>>;

/** Columns that hold JSON. */
const JSON_COLUMNS: Tables = { operations: ['owner'], plans: ['body'], events: ['body'], digests: ['body'] };

const MADE_DIGESTS: keyof typeof MIGRATIONS = '002-back-office';

/** The members that every event of a type has. */
const MEMBERS: Readonly<Record<RunEvent['type'], readonly string[]>> = {
  'operation-started': ['operator', 'resumed'],
  'step-started': ['stage', 'lane', 'step', 'undo'],
  'step-finished': ['stage', 'lane', 'step', 'undo', 'result'],
  progress: ['stage', 'lane', 'step'],
  'batch-started': ['batch', 'batches', 'hosts'],
  'host-set-aside': ['stage', 'host', 'reason'],
  turned: ['why', 'reason', 'by'],
  kept: ['keeper'],
  'keeper-lost': ['keeper', 'reason'],
  asked: ['stage', 'lane', 'step', 'question', 'words'],
  answered: ['stage', 'lane', 'step', 'word', 'by'],
  heard: ['signal', 'word', 'by'],
  'operation-finished': ['state', 'message'],
};

/**
 * The damage to a ledger of this process that explains an unexpected error: each ledger is read through and checked as far as
 * possible. Undefined: the ledgers are sound, and the error is a bug in kuafu.
 */
export async function damageBehindError(): Promise<LedgerUnusableError | undefined> {
  for (const file of openedLedgers) {
    try {
      const library = await connectToRead(file, PATIENCE_MS);
      try {
        requireWhole(file, library);
        if (!makesSense(file, library)) return damaged(file);
      } finally {
        library.close();
      }
    } catch (error) {
      const known = explained(file, error);
      if (known instanceof LedgerUnusableError) return known;
      // An error of another class comes from reading what kuafu itself once wrote: a table or JSON that is damaged now.
      if (!(known instanceof KuafuError)) return damaged(file);
    }
  }
  return undefined;
}

/** @throws SyntaxError for invalid JSON; LedgerUnusableError and errors of SQLite as readRows */
function makesSense(file: string, library: Libsql.Database): boolean {
  const read = <Row>(sql: string) => readRows(file, library, sql) as Row[];
  const isLacking = lacks(read<{ name: string }>('select name from kysely_migration'));
  for (const [table, columns] of Object.entries(JSON_COLUMNS))
    for (const column of isLacking(table) ? [] : columns)
      for (const { text } of read<{ text: string }>(`select ${column} as text from ${table}`))
        JSON.parse(text);
  const operations = read<{ id: unknown; owner: string }>('select id, owner from operations');
  if (!operations.every(({ id, owner }) => typeof id === 'string' && isOwner(JSON.parse(owner))))
    return false;
  const plans = read<{ body: string; checksum: string }>('select body, checksum from plans');
  if (plans.some(({ body, checksum }) => planChecksum(JSON.parse(body)) !== checksum)) return false;
  return read<{ body: string }>('select body from events').every(({ body }) => isEvent(readEvent(body)));
}

/** A ledger of an older kuafu, which was only read, has no table yet that a later migration makes. */
function lacks(applied: readonly { readonly name: string }[]): (table: string) => boolean {
  const isBeforeDigests = !applied.some(({ name }) => name === MADE_DIGESTS);
  return (table) => table === 'digests' && isBeforeDigests;
}

function isOwner(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'operator' in value;
}

function isEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, at, result } = value as { type?: unknown; at?: unknown; result?: { status?: unknown } };
  const members = Object.hasOwn(MEMBERS, String(type)) ? MEMBERS[type as RunEvent['type']] : undefined;
  if (members === undefined || Number.isNaN(Date.parse(String(at)))) return false;
  const isKnown = type !== 'step-finished' || /^(done|failed|unknown|skipped)$/.test(String(result?.status));
  return isKnown && members.every((member) => Object.hasOwn(value, member));
}
