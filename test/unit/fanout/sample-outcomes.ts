import type { HostOutcome } from '../../../src/lib/fanout/outcome.js';

/** A host that ended with status 0 and put out this, unless told otherwise. */
export function outcome(host: string, stdout = '', more: Partial<HostOutcome> = {}): HostOutcome {
  return {
    host,
    status: 'exited',
    exitCode: 0,
    signal: null,
    stdout,
    stderr: '',
    truncated: { stdout: false, stderr: false },
    message: '',
    hint: '',
    elapsedMs: 5,
    ...more,
  };
}

export function unreachable(host: string, message: string, hint = ''): HostOutcome {
  return outcome(host, '', { status: 'unreachable', exitCode: null, message, hint });
}
