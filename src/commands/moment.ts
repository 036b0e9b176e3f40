import { UsageError } from '../lib/errors.js';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A moment in ISO 8601, UTC. `90m`, `12h`, `7d` and `2w` are that long ago. A date is the beginning of that day in the zone
 * of this machine; for --until it is the end of that day. `2026-11-20T10:00` is in that zone too, unless it names another.
 *
 * @throws UsageError when it is none of these
 */
export function momentOf(flag: '--since' | '--until', text: string, now: Date): string {
  const [, amount, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (amount !== undefined)
    return new Date(now.getTime() - Number(amount) * (UNITS[unit] ?? 0)).toISOString();
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const at =
    year === undefined
      ? new Date(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? text : Number.NaN)
      : new Date(Number(year), Number(month) - 1, Number(day) + (flag === '--until' ? 1 : 0));
  const isReal = year === undefined || isDay(Number(year), Number(month), Number(day));
  if (!Number.isNaN(at.getTime()) && isReal) return at.toISOString();
  throw new UsageError(
    `${flag} ${JSON.stringify(text)} is no time`,
    'write 2026-11-20, 2026-11-20T10:00, or how long ago: 90m, 12h, 7d, 2w',
  );
}

/** Date itself turns the 31st of February into a day in March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
