import { ExitCode } from './exit-codes.js';

/**
 * An error that a user can act on: a sentence, what to type next, and the exit code. Any other error that reaches main() is
 * a bug in kuafu and is shown with its stack.
 */
export class KuafuError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  /** The message quotes several lines, such as those of a program. Any other is one sentence, whatever names and titles are in it. */
  readonly hasLines: boolean = true;

  constructor(message: string, exitCode: ExitCode, hint?: string) {
    super(message);
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** Wrong words on the command line or a name that the configuration does not know. */
export class UsageError extends KuafuError {
  override readonly hasLines: boolean = false;

  constructor(message: string, hint?: string) {
    super(message, ExitCode.usage, hint);
  }
}

/** Refused before any change: a guard, a lock, a stale plan, no confirmation. */
export class RefusedError extends KuafuError {
  override readonly hasLines = false;

  constructor(message: string, hint?: string) {
    super(message, ExitCode.refused, hint);
  }
}

/** The operation failed or is partly done. */
export class FailedError extends KuafuError {
  constructor(message: string, hint?: string) {
    super(message, ExitCode.failed, hint);
  }
}

/** This machine lacks something, such as open files. It says nothing of a host, whichever was asked at the time. */
export class LocalError extends FailedError {}

/** Whether an error tells of the other side: of a host that was asked. Any other ends the whole question. */
export function tellsOfHost(error: unknown): error is KuafuError {
  return error instanceof KuafuError && !(error instanceof LocalError);
}

/** No host could be reached. */
export class NoHostReachedError extends KuafuError {
  constructor(message: string, hint?: string) {
    super(message, ExitCode.unreachable, hint);
  }
}

/** A sentence for anything that was thrown. The class and the exit code decide, never this text. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
