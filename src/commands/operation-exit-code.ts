import { ExitCode } from '../lib/exit-codes.js';
import type { RunEvent } from '../lib/record/events.js';
import type { OperationResult } from '../lib/record/result.js';

/**
 * The exit code of an operation. `unreachable` says that no host could be reached: every host was tried, and none of them, nor
 * any host that was found to need nothing (`othersReached`), answered.
 */
export function operationExitCode(
  { state, done, hosts }: Pick<OperationResult, 'state' | 'done' | 'hosts'>,
  events: readonly RunEvent[],
  othersReached: boolean,
): ExitCode {
  if (state === 'done') return ExitCode.done;
  if (state === 'interrupted') return ExitCode.interrupted;
  if (othersReached || done > 0 || hosts.some((host) => host.state === 'not-started')) return ExitCode.failed;
  const faults = events.flatMap((event) =>
    event.type === 'step-finished' && event.result.status !== 'done' ? [event.result] : [],
  );
  const isUnreachable = faults.every(
    (result) => result.status === 'failed' && result.failure === 'unreachable',
  );
  return faults.length > 0 && isUnreachable ? ExitCode.unreachable : ExitCode.failed;
}
