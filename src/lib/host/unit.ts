import { howItEnded } from '../run/remote.js';
import { NoAnswerError } from '../ssh/connect-error.js';
import type { ReadSession } from '../ssh/transport.js';

/** A systemd unit on a host (systemctl(1), `show`). */
export interface UnitState {
  readonly loadState: string;
  readonly activeState: string;
  /** InvocationID: one for each run of the unit (systemd.exec(5)); if it does not run, that of its last run. */
  readonly invocation: string;
  readonly result: string;
  /** Of the main process: its exit status, or the number of the signal that ended it (ExecMainStatus). */
  readonly status: string;
  /** How often systemd has restarted the unit by itself. */
  readonly restarts: number;
  /** Whether it has run since the host's boot, as far as systemd remembers. True also if that was not answered. */
  readonly hasRun: boolean;
}

/** Each unit property by which `hasRun()` judges. */
const RUN_PROPERTIES = 'ActiveState,InvocationID,ActiveEnterTimestampMonotonic';

/**
 * False only if systemd says that the unit is inactive and knows of no run. A unit that failed, or that is about to run, was
 * started by somebody. systemd forgets a stopped unit that nothing refers to, so a run may go unseen.
 */
export function hasRun(value: (key: string) => string): boolean {
  const never = value('InvocationID') === '' && value('ActiveEnterTimestampMonotonic') === '0';
  return value('ActiveState') !== 'inactive' || !never;
}

const SHOW_TIMEOUT_MS = 15_000;

/** @throws {NoAnswerError} if systemd does not answer */
export async function readUnit(session: ReadSession, unit: string, signal?: AbortSignal): Promise<UnitState> {
  const value = await show(
    session,
    unit,
    `LoadState,${RUN_PROPERTIES},Result,ExecMainStatus,NRestarts`,
    signal,
  );
  return {
    loadState: value('LoadState'),
    activeState: value('ActiveState'),
    invocation: value('InvocationID'),
    result: value('Result'),
    status: value('ExecMainStatus'),
    restarts: Number(value('NRestarts')) || 0,
    hasRun: hasRun(value),
  };
}

/** The current run of the unit and its state: the part of readUnit() that costs a host little. */
export interface UnitRun extends Pick<UnitState, 'activeState' | 'invocation'> {
  /** The process ends by design, and the unit is inactive while what it started goes on (systemd.service(5), Type=oneshot). */
  readonly runsToEnd: boolean;
}

/** @throws {NoAnswerError} if systemd does not answer */
export async function readRun(session: ReadSession, unit: string, signal?: AbortSignal): Promise<UnitRun> {
  const value = await show(session, unit, 'ActiveState,InvocationID,Type', signal);
  return {
    activeState: value('ActiveState'),
    invocation: value('InvocationID'),
    runsToEnd: value('Type') === 'oneshot',
  };
}

/**
 * Properties of a unit, as systemctl(1) shows them; of a unit that there is not, too.
 * @throws {NoAnswerError} if it fails, or says nothing: that a unit is stopped is never concluded from silence
 */
async function show(
  session: ReadSession,
  unit: string,
  properties: string,
  signal: AbortSignal | undefined,
): Promise<(key: string) => string> {
  const words = ['systemctl', 'show', `--property=${properties}`, '--', unit];
  const command = { words, effect: 'read', timeoutMs: SHOW_TIMEOUT_MS } as const;
  const result = await session.run(command, signal ? { signal } : {});
  const { stdout } = result;
  const what = `systemctl show ${unit}`;
  if (result.exitCode !== 0)
    throw new NoAnswerError(session.host, what, `no answer: it ${howItEnded(result)}`);
  if (!/^ActiveState=./m.test(stdout)) throw new NoAnswerError(session.host, what, 'no state of it');
  return (key) => new RegExp(`^${key}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
}
