import type { ClockContext } from './stamp.js';

const DAY_MS = 86_400_000;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS: ReadonlyMap<string, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].flatMap(
    (name, month) => [
      [name, month],
      [name.toLowerCase(), month],
      [name.toUpperCase(), month],
    ],
  ),
);
/** From 2001-09-09, when seconds since the epoch got their tenth digit, until 2286, when they get one more. */
const EPOCH_DIGITS = 10;

/** 0 to 11 for `Nov`, `nov` or `NOV`; -1 when it is no month. */
export function monthOf(name: string): number {
  return MONTHS.get(name) ?? -1;
}

/**
 * The beginning of a day, in milliseconds since the epoch, as if it were in UTC; undefined for an invalid day.
 * @param month 0 to 11
 */
export function dayMs(year: number, month: number, day: number): number | undefined {
  const key = (year * 12 + month) * 31 + day;
  if (key === lastDay.key) return lastDay.ms;
  if (!(month >= 0 && month <= 11 && day >= 1 && day <= (DAYS[month] ?? 0))) return undefined;
  if (month === 1 && day === 29 && !isLeap(year)) return undefined;
  lastDay.key = key;
  lastDay.ms = Date.UTC(year, month, day);
  return lastDay.ms;
}

/** Consecutive lines are usually of the same day. */
const lastDay = { key: Number.NaN, ms: 0 };

/** The same for a day of the year, 1 to 366. */
export function dayOfYearMs(year: number, day: number): number | undefined {
  if (day < 1 || day > (isLeap(year) ? 366 : 365)) return undefined;
  return Date.UTC(year, 0, day);
}

/** Milliseconds since midnight; undefined for an invalid time. A minute may have a leap second. */
export function clockMs(hour: number, minute: number, second: number): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

/** A fraction of a second such as `25` or `250000`, in milliseconds. */
export function fractionMs(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits) / 10 ** (digits.length - 3);
}

/** Seconds, milli-, micro- or nanoseconds since the epoch, told apart by the number of digits; in milliseconds. */
export function epochMs(digits: string, fraction?: string): number {
  return Number(digits) / 10 ** (digits.length - EPOCH_DIGITS - 3) + fractionMs(fraction);
}

/** A time more than a day after now cannot be the time of a line. */
export function isPast(at: number, nowMs: number): boolean {
  return at <= nowMs + DAY_MS;
}

/** How many years, months or days back a given day is found at most: a 29 February may be eight years ago. */
const REACH = { year: 8, month: 12, day: 1 } as const;

/**
 * A time without a year, a month or a day means the last such time in the past.
 * @param timeOf milliseconds since the epoch on a day of the host, if that day exists
 */
export function lastPast(
  missing: keyof typeof REACH,
  { nowMs, zoneMinutes }: ClockContext,
  timeOf: (year: number, month: number, day: number) => number | undefined,
): number | undefined {
  // A time a little later than now still counts as past, and may already be in the next year.
  const latest = new Date(nowMs + zoneMinutes * 60_000 + DAY_MS);
  const [year, month, day] = [latest.getUTCFullYear(), latest.getUTCMonth(), latest.getUTCDate()];
  for (let back = 0; back <= REACH[missing] + 1; back++) {
    const [backYear, backMonth, backDay] =
      missing === 'year' ? [year - back, 0, 1] : stepBack(missing, year, month, day, back);
    const time = timeOf(backYear, backMonth, backDay);
    if (time !== undefined && isPast(time, nowMs)) return time;
  }
  return undefined;
}

function stepBack(
  missing: 'month' | 'day',
  year: number,
  month: number,
  day: number,
  back: number,
): [number, number, number] {
  const at = new Date(
    missing === 'month' ? Date.UTC(year, month - back, 1) : Date.UTC(year, month, day - back),
  );
  return [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
