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
/** 2001-09-09, when seconds since the epoch got their tenth digit, and 2286, when they get one more. */
const EPOCH_DIGITS = 10;

/** 0 to 11 of `Nov`, `nov` or `NOV`; -1 for what is no month. */
export function monthOf(name: string): number {
  return MONTHS.get(name) ?? -1;
}

/**
 * The beginning of a day, in milliseconds since the epoch, as if it were in UTC; undefined for a day that there is not.
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

/** Lines in a row are of the same day. */
const lastDay = { key: Number.NaN, ms: 0 };

/** The day of a year, 1 to 366; else as dayMs. */
export function dayOfYearMs(year: number, day: number): number | undefined {
  if (day < 1 || day > (isLeap(year) ? 366 : 365)) return undefined;
  return Date.UTC(year, 0, day);
}

/** Milliseconds since midnight; undefined for an hour that there is not. A minute may have a leap second. */
export function clockMs(hour: number, minute: number, second: number): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

/** `25` or `250000` of a fraction of a second, in milliseconds. */
export function fractionMs(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits) / 10 ** (digits.length - 3);
}

/** A number of seconds, milli-, micro- or nanoseconds since the epoch, by its digits; in milliseconds. */
export function epochMs(digits: string, fraction?: string): number {
  return Number(digits) / 10 ** (digits.length - EPOCH_DIGITS - 3) + fractionMs(fraction);
}

/** Nobody wrote a line a day after now: what says so is no time of a line. */
export function isPast(at: number, nowMs: number): boolean {
  return at <= nowMs + DAY_MS;
}

/** How many years, months or days before now there is one that has such a day: a 29 February may be eight years ago. */
const REACH = { year: 8, month: 12, day: 1 } as const;

/**
 * A time without year, without month, or without day, is the last one that is past.
 * @param timeOf milliseconds since the epoch at a day of the host, if there is such a day
 */
export function lastPast(
  missing: keyof typeof REACH,
  { nowMs, zoneMinutes }: ClockContext,
  timeOf: (year: number, month: number, day: number) => number | undefined,
): number | undefined {
  // A little later than now is past, too: perhaps that is next year already.
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
