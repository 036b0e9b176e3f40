import { hostScript } from '../../host-script.js';
import { scriptCommand } from '../shell/quote.js';
import type { ReadSession } from '../ssh/transport.js';
import type { UnitState } from './unit.js';

const READ_TIMEOUT_MS = 15_000;

/** How the process of a unit ended, such as `exit status 203` or `oom-kill`; empty if nothing bad is known of it. */
export function endOf({ result, status }: Pick<UnitState, 'result' | 'status'>): string {
  if (result === 'success' || !/^[a-z-]+$/.test(result)) return '';
  // A process that runs before or after the main one may have failed, and that one has no status then.
  if (!/^[1-9]\d{0,2}$/.test(status)) return result;
  if (result === 'exit-code') return `exit status ${status}`;
  if (result === 'signal') return `signal ${status}`;
  return result === 'core-dump' ? `${result}, signal ${status}` : result;
}

/**
 * The last line of this run of the unit in the journal (not from systemd about it), uncut; empty if there is none. In place of one
 * that is longer than the script sends, what the script says of such a line.
 * @param loopMs for so long systemd has been restarting it: earlier runs of that time count as this one
 */
export async function readLastLine(
  session: ReadSession,
  unit: string,
  signal: AbortSignal,
  loopMs = 0,
): Promise<string> {
  const words = [unit, String(Math.ceil(loopMs / 1000))];
  const command = scriptCommand(hostScript('unit/last-line'), words, 'read', READ_TIMEOUT_MS);
  const { stdout, truncated } = await session.run(command, { signal });
  // Whoever masks it later would not know the beginning of a secret at its end.
  if (truncated && !stdout.includes('\n')) return 'an entry of more than 16 KiB';
  return stdout.split('\n', 1)[0] ?? '';
}

/** How it ended, to be put behind a message about the unit. */
export function endWords(state: Pick<UnitState, 'result' | 'status'>): string {
  const end = endOf(state);
  return end === '' ? '' : `; it ended with ${end}`;
}

/** The last line, to be put behind such a message. */
export async function lastWords(
  session: ReadSession,
  unit: string,
  signal: AbortSignal,
  loopMs = 0,
): Promise<string> {
  const line = await readLastLine(session, unit, signal, loopMs);
  return line === '' ? '' : `; its journal ends: ${line}`;
}
