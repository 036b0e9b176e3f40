import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Doubt, kindOf, lookAt } from '../own-files/look.js';
import { LedgerUnusableError } from './errors.js';

/**
 * Whether there is a ledger. Who can write to it says what a resume runs on hosts, and who can write to its folder can do
 * the same by its write-ahead log; so both have to be ours alone, a sticky folder such as /tmp is none of ours.
 *
 * @throws LedgerUnusableError when that is not so, or something else is in its place; nothing was opened
 */
export function isOwnLedger(file: string): boolean {
  try {
    const { path, stats, doubt } = lookAt(file);
    // The log lies beside the file that a link leads to.
    const either = doubt ?? lookAt(dirname(path)).doubt;
    if (either !== undefined) throw notOursAlone(file, either);
    if (stats === undefined && lstatSync(file, { throwIfNoEntry: false }) !== undefined)
      throw other(file, `is a link to ${path}, which is not there`);
    if (stats !== undefined && !stats.isFile()) throw other(file, `is ${kindOf(stats)}, not a file`);
    return stats !== undefined;
  } catch (error) {
    if (error instanceof LedgerUnusableError) throw error;
    throw other(file, `cannot be read: ${(error as Error).message}`);
  }
}

function notOursAlone(file: string, { path, reason, mend }: Doubt): LedgerUnusableError {
  const where = path === file ? 'it' : path;
  return new LedgerUnusableError(
    `the ledger ${file} is not ours alone: ${where} ${reason}`,
    `look at what others may have done to it; then: ${mend}`,
  );
}

function other(file: string, what: string): LedgerUnusableError {
  return new LedgerUnusableError(
    `the ledger ${file} ${what}`,
    'name another place under `ledger` in the configuration',
  );
}
