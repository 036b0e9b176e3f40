import { isOwnLedger } from './own-ledger.js';
import { readRows } from './rows.js';
import { connectToRead } from './sqlite-file.js';

/** As many as somebody would look through for one. */
const NEWEST = 50;

/** Longer nobody waits at a key. */
const PATIENCE_MS = 300;

/** Ids of the newest operations, a tab, and what each was; without the query builder, as somebody waits at a tab key. */
export async function readOperationNames(file: string): Promise<readonly string[]> {
  if (!isOwnLedger(file)) return [];
  const library = await connectToRead(file, PATIENCE_MS);
  try {
    const newest = 'select id, title, state from operations order by started_at desc limit ?';
    const rows = readRows(file, library, newest, [NEWEST]) as { id: string; title: string; state: string }[];
    return rows.map(({ id, title, state }) => `${id}\t${state}: ${title}`);
  } finally {
    library.close();
  }
}
