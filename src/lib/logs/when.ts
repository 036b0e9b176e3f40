import { parseDuration } from '../config/duration.js';
import { UsageError } from '../errors.js';
import { clockMs, dayMs, fractionMs } from './times/calendar.js';
import { ZONE, zoneMs } from './times/zones.js';

const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/;
const DATE = new RegExp(
  String.raw`^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(${ZONE}))?)?$`,
);

/**
 * A point in time, in milliseconds since the epoch: `10m` (ago), `14:30` or `14:30:05` (the last such time), a day (its
 * beginning), or ISO 8601. A time without a zone is in our zone.
 *
 * @throws {UsageError} when it is none of these, or the day does not exist
 */
export function parseWhen(text: string, flag: string, nowMs: number): number {
  const ago = parseDuration(text);
  const at = 'ms' in ago ? nowMs - ago.ms : (clockToday(text, nowMs) ?? dateOf(text));
  if (at !== undefined) return at;
  throw new UsageError(
    `${flag} ${JSON.stringify(text)} is no time`,
    'for example: 10m (ago), 14:30, 2026-11-24, 2026-11-24T14:30:00+08:00',
  );
}

/** Whether a time of day was taken for that of yesterday, as it is still to come today. */
export function isOfYesterday(text: string, atMs: number, nowMs: number): boolean {
  return CLOCK.test(text) && new Date(atMs).getDate() !== new Date(nowMs).getDate();
}

function clockToday(text: string, nowMs: number): number | undefined {
  const [, hour, minute, second = '0'] = CLOCK.exec(text) ?? [];
  if (hour === undefined || clockMs(Number(hour), Number(minute), Number(second)) === undefined)
    return undefined;
  const at = new Date(nowMs);
  at.setHours(Number(hour), Number(minute), Number(second), 0);
  if (at.getTime() > nowMs) at.setDate(at.getDate() - 1);
  return at.getTime();
}

function dateOf(text: string): number | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction, zone] = DATE.exec(text) ?? [];
  const date = year === undefined ? undefined : dayMs(Number(year), Number(month) - 1, Number(day));
  const clock = clockMs(Number(hour), Number(minute), Number(second));
  if (date === undefined || clock === undefined) return undefined;
  const asUtc = date + clock + fractionMs(fraction);
  const zoneMinutes = -new Date(asUtc).getTimezoneOffset();
  if (zone !== undefined) return asUtc - zoneMs(zone, asUtc, { zoneMinutes, nowMs: asUtc });
  const here = new Date(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return here.getTime() + fractionMs(fraction);
}
