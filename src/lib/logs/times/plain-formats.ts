import { clockMs, dayMs, isPast, lastPast, monthOf } from './calendar.js';
import type { ClockContext, Stamp } from './stamp.js';
import { zoneAt, zoneMs } from './zones.js';

// ISO 8601, syslog and the common log are by far the most frequent, and every line costs time. So they are read character by
// character, which takes a third of the time of a pattern. Variants are left to FORMATS, which also has these formats.

const COLON = 58;
const PLUS = 43;
const MINUS = 45;
const SLASH = 47;
const BLANK = 32;
const BRACKET = 93;
const NONE = -1;

/** `2026-11-24T10:00:00.123Z`, with a blank or a zone, or `2026/11/24 10:00:00`. */
export function isoAt(line: string, at: number, context: ClockContext): Stamp | undefined {
  const separator = line.charCodeAt(at + 4);
  const between = line.charCodeAt(at + 10);
  if (separator !== line.charCodeAt(at + 7) || (separator !== MINUS && separator !== SLASH)) return undefined;
  if (between !== 84 && between !== BLANK) return undefined;
  const clock = clockAt(line, at + 11);
  if (clock === NONE) return undefined;
  const year = twoAt(line, at) * 100 + twoAt(line, at + 2);
  const day = dayMs(year, twoAt(line, at + 5) - 1, twoAt(line, at + 8));
  return day === undefined ? undefined : rest(line, at, at + 19, day + clock, context);
}

/** `24/Nov/2026:10:00:00 +0800` */
export function commonAt(line: string, at: number, context: ClockContext): Stamp | undefined {
  if (line.charCodeAt(at + 2) !== SLASH || line.charCodeAt(at + 6) !== SLASH) return undefined;
  if (line.charCodeAt(at + 11) !== COLON) return undefined;
  const clock = clockAt(line, at + 12);
  if (clock === NONE) return undefined;
  const year = twoAt(line, at + 7) * 100 + twoAt(line, at + 9);
  const day = dayMs(year, monthOf(line.slice(at + 3, at + 6)), twoAt(line, at));
  return day === undefined ? undefined : rest(line, at, at + 20, day + clock, context);
}

/** `Nov 24 10:00:00 `, without a year. */
export function syslogAt(line: string, at: number, context: ClockContext): Stamp | undefined {
  if (line.charCodeAt(at + 3) !== BLANK || line.charCodeAt(at + 6) !== BLANK) return undefined;
  if (line.charCodeAt(at + 15) !== BLANK || zoneAt(line, at + 16) !== undefined) return undefined;
  const clock = clockAt(line, at + 7);
  const month = clock === NONE ? NONE : monthOf(line.slice(at, at + 3));
  if (month === NONE) return undefined;
  const tens = line.charCodeAt(at + 4) === BLANK ? 0 : digitAt(line, at + 4);
  const day = tens * 10 + digitAt(line, at + 5);
  const localMs = clock - context.zoneMinutes * 60_000;
  const time = lastPast('year', context, (year) => {
    const date = dayMs(year, month, day);
    return date === undefined ? undefined : date + localMs;
  });
  return time === undefined ? undefined : { at: time, start: at, end: at + 15 };
}

/** The fraction and the zone after a time that is still local. */
function rest(
  line: string,
  start: number,
  from: number,
  localMs: number,
  context: ClockContext,
): Stamp | undefined {
  let end = from;
  let fraction = 0;
  const mark = line.charCodeAt(end);
  if (mark === 46 || mark === 44) {
    let scale = 100;
    let at = end + 1;
    for (let digit = digitAt(line, at); digit >= 0 && at < from + 10; digit = digitAt(line, ++at)) {
      fraction += digit * scale;
      scale /= 10;
    }
    if (at > end + 1) end = at;
  }
  if (digitAt(line, end) >= 0) return undefined;
  const blank = line.charCodeAt(end) === BLANK ? 1 : 0;
  const offset = offsetAt(line, end + blank);
  if (offset !== undefined) {
    const at = localMs + fraction - offset * 60_000;
    return isPast(at, context.nowMs) ? { at, start, end: end + blank + 5 } : undefined;
  }
  const zone = zoneAt(line, end + blank);
  if (zone !== undefined) end += blank + zone.length;
  const at = localMs + fraction - zoneMs(zone, localMs, context);
  return isPast(at, context.nowMs) ? { at, start, end } : undefined;
}

/** The minutes of `+0800`; most offsets are whole hours. */
function offsetAt(line: string, at: number): number | undefined {
  const sign = line.charCodeAt(at);
  if ((sign !== PLUS && sign !== MINUS) || twoAt(line, at + 3) !== 0) return undefined;
  const hours = twoAt(line, at + 1);
  const next = line.charCodeAt(at + 5);
  if (!(hours >= 0 && hours <= 12) || (next !== BLANK && next !== BRACKET)) return undefined;
  return sign === PLUS ? hours * 60 : -hours * 60;
}

/** `10:00:00` in milliseconds; NONE when it is no time. */
function clockAt(line: string, at: number): number {
  if (line.charCodeAt(at + 2) !== COLON || line.charCodeAt(at + 5) !== COLON) return NONE;
  const [hour, minute, second] = [twoAt(line, at), twoAt(line, at + 3), twoAt(line, at + 6)];
  return hour < 0 || minute < 0 || second < 0 ? NONE : (clockMs(hour, minute, second) ?? NONE);
}

/** Two digits as a number; if they are no digits, a number so far below 0 that any result is invalid. */
function twoAt(line: string, at: number): number {
  return digitAt(line, at) * 10 + digitAt(line, at + 1);
}

function digitAt(line: string, at: number): number {
  const digit = line.charCodeAt(at) - 48;
  return digit >= 0 && digit <= 9 ? digit : -1_000_000;
}
