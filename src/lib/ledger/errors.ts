import { KuafuError, RefusedError } from '../errors.js';
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
