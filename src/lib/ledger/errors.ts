import { basename } from 'node:path';
import { FailedError, KuafuError, RefusedError } from '../errors.js';
import { ExitCode } from '../exit-codes.js';

/** Another process has the operation now: a caller that gets this error must stop at once and write nothing more. */
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

/** The disk of the ledger is full or broken: the new record was not written, earlier records are kept. */
export class LedgerDiskError extends FailedError {}

/** The error of work that is all or nothing: if the disk did not take the write, nothing was changed. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof LedgerDiskError)) return error;
  return new LedgerUnusableError(`${error.message}; nothing was changed`, error.hint);
}

/** A damaged ledger is never written to; the hint tells how to save the rest. */
export function damaged(file: string): LedgerUnusableError {
  const aside = `${file}.damaged`;
  return new LedgerUnusableError(
    `the ledger ${file} is damaged; it was left as it is`,
    `move it away with its -wal and -shm files (mkdir ${aside} && mv ${file} ${file}-* ${aside}), then put a backup in its ` +
      `place, or what can still be read: sqlite3 ${aside}/${basename(file)} .recover | sqlite3 ${file}`,
  );
}
