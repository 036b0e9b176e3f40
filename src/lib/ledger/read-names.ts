import { isLive, isResumable } from './operations.js';
import { isOwnLedger } from './own-ledger.js';
import { readRows } from './rows.js';
import { connectToRead, NOW_MS } from './sqlite-file.js';
import type { OperationRow } from './tables.js';

/** As many as a person would read through. */
const NEWEST = 50;

/** A person who presses the tab key waits no longer than this. */
const PATIENCE_MS = 300;

/** `open`: not over, whether a process runs it or not. `undoable`: expansions that still have hosts. */
export type WhichOperations = 'any' | 'running' | 'open' | 'resumable' | 'undoable';

type Row = Pick<OperationRow, 'id' | 'title' | 'state' | 'closed' | 'owner' | 'lease_until'> & {
  readonly now: number;
};

const COLUMNS = `select id, title, state, closed, owner, lease_until, ${NOW_MS} as now from operations`;
const MEANS: Readonly<Record<WhichOperations, (live: boolean, resumable: boolean) => boolean>> = {
  any: () => true,
  open: () => true,
  running: (live) => live,
  resumable: (_live, resumable) => resumable,
  undoable: (live) => !live,
};
const QUERIES: Readonly<Record<WhichOperations, string>> = {
  any: COLUMNS,
  running: `${COLUMNS} where state = 'running'`,
  open: `${COLUMNS} where closed = 0 and state not in ('done', 'undone')`,
  resumable: `${COLUMNS} where closed = 0 and state not in ('done', 'undone')`,
  undoable: `${COLUMNS} where kind = 'scale' and id in (select operation from resources where state <> 'unfit')`,
};

/**
 * Ids of the newest operations, each with a tab and a description. It does not use the query builder, because a person waits
 * after pressing the tab key.
 */
export async function readOperationNames(file: string, which: WhichOperations): Promise<readonly string[]> {
  if (!isOwnLedger(file)) return [];
  const library = await connectToRead(file, PATIENCE_MS);
  try {
    const newest = `${QUERIES[which]} order by started_at desc limit ?`;
    const rows = readRows(file, library, newest, [NEWEST]) as Row[];
    return rows.flatMap((row) => {
      const now = new Date(Number(row.now));
      const live = isLive(row, now);
      const isMeant = MEANS[which](live, isResumable(row, now));
      const state = row.state === 'running' && !live ? 'crashed' : row.state;
      return isMeant ? [`${row.id}\t${row.closed === 0 ? state : 'closed'}: ${row.title}`] : [];
    });
  } finally {
    library.close();
  }
}
