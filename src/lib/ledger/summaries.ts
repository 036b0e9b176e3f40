import { planChecksum } from '../plan/checksum.js';
import { readPlan } from '../plan/stored.js';
import type { RunEvent } from '../record/events.js';
import { workedMs } from '../record/result.js';
import { readEvents } from './event-log.js';
import type { OperationRecord, OperationSummary } from './ledger.js';
import { isLive, isResumable } from './operations.js';
import { type Database, type OperationRow, ownerOf, type Tx } from './tables.js';
import { readElapsed } from './tallies.js';

/** Operations in the order of their rows. For ended operations the tallies are read, so that a list need not read events. */
export async function readSummaries(
  db: Database,
  rows: readonly OperationRow[],
  now: Date,
): Promise<readonly OperationSummary[]> {
  const ended = rows.filter((row) => row.state !== 'running').map((row) => row.id);
  const worked = new Map<string, number>(await readElapsed(db, ended));
  for (const row of rows)
    if (isLive(row, now)) worked.set(row.id, workedMs(await readEvents(db, row.id), now));
  return rows.map((row) => summarize(row, now, worked.get(row.id) ?? null));
}

/** One operation, and the working time from its events. */
export function summaryOf(row: OperationRow, events: readonly RunEvent[], now: Date): OperationSummary {
  if (isLive(row, now)) return summarize(row, now, workedMs(events, now));
  return summarize(row, now, row.state === 'running' ? null : workedMs(events));
}

/** The same with its plan and events. */
export async function readRecord(db: Database | Tx, row: OperationRow, now: Date): Promise<OperationRecord> {
  const { body, checksum } = await db
    .selectFrom('plans')
    .selectAll()
    .where('operation', '=', row.id)
    .executeTakeFirstOrThrow();
  const events = await readEvents(db, row.id);
  const stored: unknown = JSON.parse(body);
  return {
    ...summaryOf(row, events, now),
    plan: readPlan(stored, row.id),
    checksum,
    isAsMade: planChecksum(stored) === checksum,
    events,
  };
}

function summarize(row: OperationRow, now: Date, workedMs: number | null): OperationSummary {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    app: row.app,
    group: row.app_group,
    room: row.room,
    state: stateOf(row),
    undoneBy: row.undone_by === '' ? null : row.undone_by,
    owner: ownerOf(row.owner),
    resumed: row.resumed !== 0,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    workedMs,
    message: row.message,
    crashed: row.state === 'running' && !isLive(row, now),
    resumable: isResumable(row, now),
  };
}

function stateOf({ state, closed, undone_by }: OperationRow): OperationSummary['state'] {
  if (undone_by !== '') return 'undone';
  return closed === 0 ? state : 'closed';
}
