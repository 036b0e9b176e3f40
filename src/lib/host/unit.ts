import { hostScript } from '../../host-script.js';
import { scriptCommand } from '../shell/quote.js';
import type { Session } from '../ssh/transport.js';

/** A systemd unit on a host (systemctl(1), `show`). */
export interface UnitState {
  readonly loadState: string;
  readonly activeState: string;
  /** InvocationID: one for each run of the unit (systemd.exec(5)); that of the last run where none is going on. */
  readonly invocation: string;
  readonly result: string;
  /** How often systemd has restarted it by itself. */
  readonly restarts: number;
  /** The last line that the service itself wrote to the journal (not systemd about it), whole, for error messages. */
  readonly lastLine: string;
}

const SHOW_TIMEOUT_MS = 15_000;

export async function readUnit(session: Session, unit: string, signal?: AbortSignal): Promise<UnitState> {
  const command = scriptCommand(hostScript('unit/show'), [unit], 'read', SHOW_TIMEOUT_MS);
  const { stdout } = await session.run(command, signal ? { signal } : {});
  const value = (key: string) => valueIn(stdout, key);
  return {
    loadState: value('LoadState'),
    activeState: value('ActiveState'),
    invocation: value('InvocationID'),
    result: value('Result'),
    restarts: Number(value('NRestarts')) || 0,
    lastLine: value('LastLine'),
  };
}

/** Which run of the unit there is, and how it is: a part of readUnit() that costs a host little. */
export interface UnitRun extends Pick<UnitState, 'activeState' | 'invocation'> {
  /** It runs to its end, and is inactive while what it has started goes on (systemd.service(5), Type=oneshot). */
  readonly runsToEnd: boolean;
}

export async function readRun(session: Session, unit: string, signal?: AbortSignal): Promise<UnitRun> {
  const words = ['systemctl', 'show', '--property=ActiveState,InvocationID,Type', '--', unit];
  const command = { words, effect: 'read', timeoutMs: SHOW_TIMEOUT_MS } as const;
  const { stdout } = await session.run(command, signal ? { signal } : {});
  return {
    activeState: valueIn(stdout, 'ActiveState'),
    invocation: valueIn(stdout, 'InvocationID'),
    runsToEnd: valueIn(stdout, 'Type') === 'oneshot',
  };
}

function valueIn(stdout: string, key: string): string {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
}
