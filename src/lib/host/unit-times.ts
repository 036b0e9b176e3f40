import { parseTimespan } from './timespan.js';

/** What a unit says of itself: how long it may take to start and to stop, its commands one after the other. */
export interface UnitTimes {
  readonly name: string;
  /** In milliseconds; Infinity where nothing bounds it. */
  readonly startMs: number;
  readonly stopMs: number;
}

/** systemd's own (systemd-system.conf(5), DefaultTimeoutStopSec=), for one whose time is not to be had. */
const DEFAULT_MS = 90_000;
/** At least so long is waited: as long as for units that say nothing. */
const LEAST_MS = 100_000;
/** Longer than any unit that says nothing of its times. */
const LONG_MS = 120_000;
/** What systemd itself takes beside the unit's commands. */
const MARGIN_MS = 30_000;
/** So long a unit is waited for that says `infinity`. */
const ENDLESS_MS = 3_600_000;
const MOST_MS = 24 * 3_600_000;

/**
 * Reads one unit as `systemctl show` has it, commands by their keys alone. Each command may take the whole time
 * (systemd.service(5), TimeoutStartSec=), and what is left after them once more. A start does not wait for the main process
 * where its type says so.
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

/** All of them one after the other, as systemd has it where they are ordered. */
export function togetherMs(units: readonly UnitTimes[], key: 'startMs' | 'stopMs'): number {
  return units.reduce((sum, unit) => sum + (unit[key] === Infinity ? ENDLESS_MS : unit[key]), 0);
}

/** How long to wait until all of them have started or stopped, before it is given up. */
export function deadlineOf(units: readonly UnitTimes[], key: 'startMs' | 'stopMs'): number {
  return Math.min(Math.max(togetherMs(units, key) + MARGIN_MS, LEAST_MS), MOST_MS);
}

/** Those that may take so long that whoever waits should know. */
export function longOnes(units: readonly UnitTimes[], key: 'startMs' | 'stopMs'): readonly UnitTimes[] {
  return units.filter((unit) => unit[key] > LONG_MS);
}
