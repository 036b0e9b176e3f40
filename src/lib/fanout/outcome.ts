import { CommandTimeoutError, ConnectError, LinkLostError } from '../ssh/connect-error.js';

/**
 * How a command ended on a host. unreachable: it never began. timed-out, lost: it may still run or have run. failed: it did not
 * end, for another reason. pending: the user stopped it before it began, or cut it off.
 */
export type OutcomeStatus =
  | 'exited'
  | 'signalled'
  | 'unreachable'
  | 'timed-out'
  | 'lost'
  | 'failed'
  | 'pending';

/** The result of one host. */
export interface HostOutcome {
  readonly host: string;
  readonly status: OutcomeStatus;
  /** Null unless the command exited. */
  readonly exitCode: number | null;
  /** Such as `SIGTERM`; null unless a signal ended the command. */
  readonly signal: string | null;
  /** All output up to the limit: the head of standard output and the tail of standard error. */
  readonly stdout: string;
  readonly stderr: string;
  /** True when there was more than the limit. */
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean };
  /**
   * Why there is no exit status, or another remark. It is without the host's name and address, so that equal reasons have equal
   * texts.
   */
  readonly message: string;
  /** What to do about it; empty when that is not known. */
  readonly hint: string;
  readonly elapsedMs: number;
}

/** How it is counted: done is exit status 0, failed is every other end after the host was reached. */
export type Score = 'done' | 'failed' | 'unreachable' | 'pending';

export function scoreOf({ status, exitCode }: Pick<HostOutcome, 'status' | 'exitCode'>): Score {
  if (status === 'unreachable' || status === 'pending') return status;
  return status === 'exited' && exitCode === 0 ? 'done' : 'failed';
}

/** How many hosts ended in which way. */
export function scoresOf(outcomes: readonly HostOutcome[]): Record<Score, number> {
  const scores = { done: 0, failed: 0, unreachable: 0, pending: 0 };
  for (const outcome of outcomes) scores[scoreOf(outcome)] += 1;
  return scores;
}

/** The remark about a command that left a process running which holds its output open. */
export const HELD_OUTPUT = {
  message: 'its output is still held by a process that it left running; what that writes now is not read',
  hint: 'give such a process an output of its own, as in: nohup COMMAND > FILE 2>&1 &',
} as const;

/** A host whose command did not begin. */
export function notBegun(host: string): HostOutcome {
  return withoutResult(host, 'pending', 'not begun', 0);
}

/** A host that gave no exit status. */
export function withoutResult(
  host: string,
  status: OutcomeStatus,
  message: string,
  elapsedMs: number,
): HostOutcome {
  const truncated = { stdout: false, stderr: false };
  const nothing = { exitCode: null, signal: null, stdout: '', stderr: '', truncated, hint: '' };
  return { host, status, message, elapsedMs, ...nothing };
}

/** The status for an error of a connection or a command; undefined: an error of another kind. */
export function statusOf(error: unknown): OutcomeStatus | undefined {
  if (error instanceof ConnectError) return 'unreachable';
  if (error instanceof CommandTimeoutError) return 'timed-out';
  if (error instanceof LinkLostError) return 'lost';
  return undefined;
}
