import { CommandTimeoutError, ConnectError, LinkLostError } from '../ssh/connect-error.js';

/**
 * How a command ended on a host. unreachable: it never began. timed-out, lost: it may still run or have run. failed:
 * it came to no end for another reason. pending: it was not begun, or cut off, because the user said so.
 */
export type OutcomeStatus =
  | 'exited'
  | 'signalled'
  | 'unreachable'
  | 'timed-out'
  | 'lost'
  | 'failed'
  | 'pending';

/** What one host has to show. */
export interface HostOutcome {
  readonly host: string;
  readonly status: OutcomeStatus;
  /** Null unless it exited. */
  readonly exitCode: number | null;
  /** Such as `SIGTERM`; null unless it was signalled. */
  readonly signal: string | null;
  /** All that came, up to the limit: the head of stdout and the tail of stderr. */
  readonly stdout: string;
  readonly stderr: string;
  /** True when there was more than the limit. */
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean };
  /**
   * Why there is no exit status, or what else is to be known; without the host's name and address, so that equal reasons read
   * equal.
   */
  readonly message: string;
  /** What to do about it; empty when nobody knows. */
  readonly hint: string;
  readonly elapsedMs: number;
}

/** How it is counted: done is exit status 0, failed is everything else that got as far as the host. */
export type Score = 'done' | 'failed' | 'unreachable' | 'pending';

export function scoreOf({ status, exitCode }: Pick<HostOutcome, 'status' | 'exitCode'>): Score {
  if (status === 'unreachable' || status === 'pending') return status;
  return status === 'exited' && exitCode === 0 ? 'done' : 'failed';
}

/** What there is to know of a command that left somebody running with its output. */
export const HELD_OUTPUT = {
  message: 'its output is still held by a process that it left running; what that writes now is not read',
  hint: 'give such a process an output of its own, as in: nohup COMMAND > FILE 2>&1 &',
} as const;

/** A host whose turn never came. */
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

/** The status that an error of a connection or a command stands for; undefined: that of another kind. */
export function statusOf(error: unknown): OutcomeStatus | undefined {
  if (error instanceof ConnectError) return 'unreachable';
  if (error instanceof CommandTimeoutError) return 'timed-out';
  if (error instanceof LinkLostError) return 'lost';
  return undefined;
}
