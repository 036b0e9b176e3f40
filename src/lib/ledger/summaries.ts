import type { RunEvent } from '../run/events.js';
import { workedMs } from '../run/result.js';
import { readElapsed } from './digests.js';
import { readEvents } from './event-log.js';
import type { OperationSummary } from './ledger.js';
import { isLive, isResumable } from './operations.js';
import { type Database, type OperationRow, ownerOf } from './tables.js';

/** Operations in the order of their rows. Of what has ended digests are read, so that a list need not read events. */
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

/** One operation, and what its events say of its time. */
export function summaryOf(row: OperationRow, events: readonly RunEvent[], now: Date): OperationSummary {
  if (isLive(row, now)) return summarize(row, now, workedMs(events, now));
  return summarize(row, now, row.state === 'running' ? null : workedMs(events));
}

function summarize(row: OperationRow, now: Date, workedMs: number | null): OperationSummary {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    app: row.app,
    group: row.app_group,
    room: row.room,
    state: row.closed === 0 ? row.state : 'closed',
    owner: ownerOf(row.owner),
    resumed: row.resumed !== 0,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    workedMs,
    message: row.message,
    abandoned: row.state === 'running' && !isLive(row, now),
    resumable: isResumable(row, now),
  };
}
