import { basename } from 'node:path';
import { FailedError, KuafuError, RefusedError } from '../errors.js';
import { ExitCode } from '../exit-codes.js';

/** The operation belongs to another process now: whoever gets this must stop at once and write nothing more. */
export class LeaseLostError extends KuafuError {
  constructor(operation: string) {
    super(
      `operation ${operation} was taken over or closed by somebody else; this process stops`,
      ExitCode.failed,
      `kuafu ops show ${operation}`,
    );
  }
}

/** The ledger cannot be opened or written; the message names its file. Nothing was changed. */
export class LedgerUnusableError extends RefusedError {}

/** The disk of the ledger is full or broken: what was to be recorded is not, what was recorded before is. */
export class LedgerDiskError extends FailedError {}

/** The error of work that is all or nothing: where the disk did not take it, nothing was changed. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof LedgerDiskError)) return error;
  return new LedgerUnusableError(`${error.message}; nothing was changed`, error.hint);
}

/** What was damaged is never written to, and how to save what is left is told. */
export function damaged(file: string): LedgerUnusableError {
  const aside = `${file}.damaged`;
  return new LedgerUnusableError(
    `the ledger ${file} is damaged; it was left as it is`,
    `move it away with its -wal and -shm files (mkdir ${aside} && mv ${file} ${file}-* ${aside}), then put a backup in its ` +
      `place, or what can still be read: sqlite3 ${aside}/${basename(file)} .recover | sqlite3 ${file}`,
  );
}
