import { lstatSync } from 'node:fs';
import { type Doubt, kindOf, lookAt } from '../own-files/look.js';
import { LedgerUnusableError } from './errors.js';

const MOST_LOOKS = 5;

/**
 * Whether there is a ledger. A user who can write to it, or to its write-ahead log, decides what a resume runs on hosts. So only
 * our user may write to both, and their folder must be ours or a sticky one.
 *
 * @throws LedgerUnusableError when that is not so, or the path is no file; nothing was opened
 */
export function isOwnLedger(file: string): boolean {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const isThere = lookOnce(file);
    if (isThere !== undefined) return isThere;
  }
  throw other(file, 'comes and goes');
}

/** @returns undefined when the file appeared during the check, as when another process makes it */
function lookOnce(file: string): boolean | undefined {
  try {
    const { path, stats, doubt } = lookAt(file);
    if (doubt !== undefined) throw notOursAlone(file, doubt);
    // These files are beside the file that a link leads to; SQLite trusts their content.
    for (const side of ['-wal', '-shm', '-journal']) {
      const beside = lookAt(`${path}${side}`);
      if (beside.doubt !== undefined) throw notOursAlone(file, beside.doubt);
      if (beside.stats?.isFile() === false) throw other(`${file}${side}`, `is ${kindOf(beside.stats)}`);
    }
    if (stats !== undefined && !stats.isFile()) throw other(file, `is ${kindOf(stats)}, not a file`);
    if (stats !== undefined) return true;
    const now = lstatSync(file, { throwIfNoEntry: false });
    if (now?.isSymbolicLink()) throw other(file, `is a link to ${path}, which is not there`);
    return now === undefined ? false : undefined;
  } catch (error) {
    if (error instanceof LedgerUnusableError) throw error;
    throw unread(file, error as NodeJS.ErrnoException);
  }
}

function notOursAlone(file: string, { path, reason, mend }: Doubt): LedgerUnusableError {
  const where = path === file ? 'it' : path;
  return new LedgerUnusableError(
    `the ledger ${file} is not ours alone: ${where} ${reason}`,
    `look at what others may have done to it; then: ${mend}`,
  );
}

function other(file: string, what: string, first = ''): LedgerUnusableError {
  return new LedgerUnusableError(
    `the ledger ${file} ${what}`,
    `${first}name another place under \`ledger\` in the configuration`,
  );
}

function unread(file: string, { code, message }: NodeJS.ErrnoException): LedgerUnusableError {
  if (code !== 'EACCES') return other(file, `cannot be read: ${message}`);
  return other(
    file,
    'cannot be read: permission denied',
    'what is in it is known to the account that has it alone: run kuafu as that one, or ',
  );
}
