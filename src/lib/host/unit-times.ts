import { parseTimespan } from './timespan.js';

/** What a unit says of itself: how long its start and its stop may take, with its commands one after the other. */
export interface UnitTimes {
  readonly name: string;
  /** In milliseconds; Infinity if there is no limit. */
  readonly startMs: number;
  readonly stopMs: number;
}

/** systemd's own default (systemd-system.conf(5), DefaultTimeoutStopSec=), for a unit with unknown times. */
const DEFAULT_MS = 90_000;
/** The shortest wait: the time for units that set nothing. */
const LEAST_MS = 100_000;
/** Longer than any unit that sets no times of its own. */
const LONG_MS = 120_000;
/** The time that systemd itself takes beside the unit's commands. */
const MARGIN_MS = 30_000;
/** How long to wait for a unit that says `infinity`. */
const ENDLESS_MS = 3_600_000;
const MOST_MS = 24 * 3_600_000;

/**
 * Reads one unit from `systemctl show`, which lists commands by their keys alone. Each command may take the whole timeout
 * (systemd.service(5), TimeoutStartSec=), and the processes left after them may take it once more. A start does not wait for
 * the main process if the unit's type says so.
 */
export function unitTimesOf(lines: readonly string[]): UnitTimes {
  const value = (key: string) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);
  const count = (...keys: readonly string[]) => lines.filter((line) => keys.includes(line)).length;
  const type = value('Type') ?? '';
  const before = count('ExecCondition', 'ExecStartPre', 'ExecStartPost');
  const main = ['', 'simple', 'idle', 'exec'].includes(type)
    ? 0
    : type === 'oneshot'
      ? count('ExecStart')
      : 1;
  return {
    name: value('Id') ?? '',
    startMs: timesMs(before + main, value('TimeoutStartUSec')),
    stopMs: type === '' ? 0 : timesMs(1 + count('ExecStop', 'ExecStopPost'), value('TimeoutStopUSec')),
  };
}

function timesMs(times: number, timespan: string | undefined): number {
  if (times === 0) return 0;
  const microseconds = timespan === undefined ? undefined : parseTimespan(timespan);
  return times * (microseconds === undefined ? DEFAULT_MS : microseconds / 1000);
}

/** The sum for all units, because systemd runs ordered units one after the other. */
export function togetherMs(units: readonly UnitTimes[], key: 'startMs' | 'stopMs'): number {
  return units.reduce((sum, unit) => sum + (unit[key] === Infinity ? ENDLESS_MS : unit[key]), 0);
}

/** How long to wait until all units have started or stopped, before giving up. */
export function deadlineOf(units: readonly UnitTimes[], key: 'startMs' | 'stopMs'): number {
  return Math.min(Math.max(togetherMs(units, key) + MARGIN_MS, LEAST_MS), MOST_MS);
}

/** Units that may take so long that the operator should know. */
export function longOnes(units: readonly UnitTimes[], key: 'startMs' | 'stopMs'): readonly UnitTimes[] {
  return units.filter((unit) => unit[key] > LONG_MS);
}
