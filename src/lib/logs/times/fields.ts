import { clockMs, dayMs, dayOfYearMs, epochMs, fractionMs, isPast, lastPast, monthOf } from './calendar.js';
import type { ClockContext } from './stamp.js';
import { zoneMs } from './zones.js';

/** The time in a match of a pattern; undefined: the time is invalid or in the future. */
export type FieldsReader = (match: RegExpExecArray, context: ClockContext) => number | undefined;

/**
 * Reads the groups of a pattern.
 * @param letters the meaning of each group, in order, as in strptime(3): Y (four digits, or two) m d H I M S p j; b: name of a
 * month; z: zone; f: fraction of a second; L: milliseconds; s: since the epoch
 */
export function fieldsReader(letters: string): FieldsReader {
  const at = Object.fromEntries([...letters].map((letter, index) => [letter, index + 1]));
  const textOf = (match: RegExpExecArray, group: number | undefined) =>
    group === undefined ? undefined : match[group];
  const { Y, m, b, d, j, H, I, M, S, p, f, L, z, s } = at;
  const missing = missingOf(at);
  return (match, context) => {
    const part = fractionMs(textOf(match, f)) + Number(textOf(match, L) ?? 0);
    if (s !== undefined) {
      const time = epochMs(match[s] ?? '') + part;
      return isPast(time, context.nowMs) ? time : undefined;
    }
    const clock = clockMs(
      H !== undefined ? Number(match[H]) : hourOf(textOf(match, I), textOf(match, p)),
      Number(textOf(match, M) ?? 0),
      Number(textOf(match, S) ?? 0),
    );
    if (clock === undefined) return undefined;
    const zone = textOf(match, z);
    const timeOf = (year: number, monthNow: number, today: number) => {
      const month =
        m !== undefined ? Number(match[m]) - 1 : b !== undefined ? monthOf(match[b] ?? '') : monthNow;
      const day =
        j !== undefined
          ? dayOfYearMs(year, Number(match[j]))
          : dayMs(year, month, d === undefined ? today : Number(match[d]));
      return day === undefined ? undefined : day + clock + part - zoneMs(zone, day + clock, context);
    };
    const year = textOf(match, Y);
    if (year !== undefined) {
      const time = timeOf(yearOf(year), 0, 1);
      return time !== undefined && isPast(time, context.nowMs) ? time : undefined;
    }
    return lastPast(missing, context, timeOf);
  };
}

/** The part of the date that must be found when there is no year. */
function missingOf({ m, b, d, j }: Readonly<Record<string, number>>): 'year' | 'month' | 'day' {
  if (d === undefined && j === undefined) return 'day';
  return m === undefined && b === undefined && j === undefined ? 'month' : 'year';
}

/** POSIX: 69 to 99 are in the last century. */
function yearOf(text: string): number {
  const year = Number(text);
  return text.length > 2 ? year : year + (year < 69 ? 2000 : 1900);
}

/** 0 to 23 from a 12-hour clock; a larger number for an invalid hour. */
function hourOf(hour = '', half = ''): number {
  const number = Number(hour);
  if (number < 1 || number > 12) return 24;
  return (number % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}
