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
const UNENDED = "where closed = 0 and state not in ('done', 'undone')";

interface Meant {
  readonly where: string;
  readonly isMeant: (live: boolean, resumable: boolean) => boolean;
}

const MEANT: Readonly<Record<WhichOperations, Meant>> = {
  any: { where: '', isMeant: () => true },
  running: { where: "where state = 'running'", isMeant: (live) => live },
  open: { where: UNENDED, isMeant: () => true },
  resumable: { where: UNENDED, isMeant: (_live, resumable) => resumable },
  undoable: {
    where: "where kind = 'scale' and id in (select operation from resources where state <> 'unfit')",
    isMeant: (live) => !live,
  },
};

/**
 * Ids of the newest operations, each with a tab and a description. It does not use the query builder, because a person waits
 * after pressing the tab key.
 */
export async function readOperationNames(file: string, which: WhichOperations): Promise<readonly string[]> {
  if (!isOwnLedger(file)) return [];
  const { where, isMeant } = MEANT[which];
  const library = await connectToRead(file, PATIENCE_MS);
  try {
    const newest = `${COLUMNS} ${where} order by started_at desc limit ?`;
    const rows = readRows(file, library, newest, [NEWEST]) as Row[];
    return rows.flatMap((row) => {
      const now = new Date(Number(row.now));
      const live = isLive(row, now);
      const state = row.state === 'running' && !live ? 'crashed' : row.state;
      return isMeant(live, isResumable(row, now))
        ? [`${row.id}\t${row.closed === 0 ? state : 'closed'}: ${row.title}`]
        : [];
    });
  } finally {
    library.close();
  }
}
