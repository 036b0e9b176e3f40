import type { ClockContext } from './stamp.js';

/**
 * Zones by name, in minutes ahead of UTC. If several zones have one name, it is the host's own zone when that is one of them;
 * else the first one: for CST the one of RFC 2822, section 4.3.
 */
const NAMED: Readonly<Record<string, readonly number[]>> = {
  UTC: [0],
  GMT: [0],
  WET: [0],
  WEST: [60],
  CET: [60],
  CEST: [120],
  EET: [120],
  EEST: [180],
  MSK: [180],
  BST: [60, 360],
  IST: [330, 120, 60],
  SGT: [480],
  HKT: [480],
  PHT: [480],
  JST: [540],
  KST: [540],
  AWST: [480],
  ACST: [570],
  ACDT: [630],
  AEST: [600],
  AEDT: [660],
  NZST: [720],
  NZDT: [780],
  AST: [-240, 180],
  ADT: [-180],
  EST: [-300],
  EDT: [-240],
  CST: [-360, 480, -300],
  CDT: [-300, -240],
  MST: [-420],
  MDT: [-360],
  PST: [-480],
  PDT: [-420],
  AKST: [-540],
  AKDT: [-480],
  HST: [-600],
};

/** Zones are multiples of a quarter of an hour, from 12 h behind UTC to 14 h ahead of it: `-2000 rows` is no zone. */
const PLUS = 43;
const MINUS = 45;
const COLON = 58;
const BLANK = 32;
const OFFSET = String.raw`(?:\+(?:0\d|1[0-3])(?::?(?:00|15|30|45))?|\+14(?::?00)?|-(?:0\d|1[0-2])(?::?(?:00|15|30|45))?)`;
const NAMES = Object.keys(NAMED).sort((a, b) => b.length - a.length);

/** `Z`, `+0800`, `+08:00`, `+08`, `GMT`, `EST`, `UTC+8`, `GMT+08:00`; as a part of a pattern, without groups. */
export const ZONE = String.raw`(?:Z|${OFFSET}|(?:UTC|GMT)[+-]\d{1,2}(?::?\d\d)?|${NAMES.join('|')})(?!\w|:\d)`;
/** A zone by its place, as PHP writes it. */
export const PLACE = String.raw`[A-Z][A-Za-z]{1,15}(?:\/[A-Za-z_-]{1,30}){1,2}`;

const AT = new RegExp(ZONE, 'y');

/** The zone at this position. */
export function zoneAt(line: string, at: number): string | undefined {
  const code = line.charCodeAt(at);
  if (code !== PLUS && code !== MINUS && !(code >= 65 && code <= 90)) return undefined;
  // Usually there is no zone, or the shortest one; a level or a dash usually follows the time.
  if (code === 90 && line.charCodeAt(at + 1) <= BLANK) return 'Z';
  if (code === MINUS && line.charCodeAt(at + 1) === BLANK) return undefined;
  AT.lastIndex = at;
  return AT.exec(line)?.[0];
}

/**
 * How far a zone is ahead of UTC, in milliseconds; for an unknown zone, the host's own.
 * @param localMs the local time, as if it were in UTC: with daylight saving time the offset depends on it
 */
export function zoneMs(zone: string | undefined, localMs: number, { zoneMinutes }: ClockContext): number {
  if (zone === undefined) return zoneMinutes * 60_000;
  if (zone === 'Z' || zone === 'UTC') return 0;
  const first = zone.charCodeAt(0);
  if (first === PLUS || first === MINUS) return offsetMs(zone);
  const named = NAMED[zone];
  if (named !== undefined)
    return (named.includes(zoneMinutes) ? zoneMinutes : (named[0] ?? zoneMinutes)) * 60_000;
  if (zone.includes('/')) return placeMs(zone, localMs) ?? zoneMinutes * 60_000;
  return offsetMs(zone.slice(3));
}

/** `+0800`, `+08:00`, `+08` or `+8`. */
function offsetMs(offset: string): number {
  const isShort = offset.length === 2 || offset.charCodeAt(2) === COLON;
  const hours = isShort ? digitAt(offset, 1) : digitAt(offset, 1) * 10 + digitAt(offset, 2);
  const end = offset.length;
  const minutes = end > 3 ? digitAt(offset, end - 2) * 10 + digitAt(offset, end - 1) : 0;
  const size = (hours * 60 + minutes) * 60_000;
  return offset.charCodeAt(0) === MINUS ? -size : size;
}

function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}

/** Logs name few places; for a host that names thousands, its own zone is used. */
const MAX_PLACES = 100;
const places = new Map<string, Intl.DateTimeFormat | undefined>();

function placeMs(place: string, localMs: number): number | undefined {
  if (!places.has(place) && places.size < MAX_PLACES) places.set(place, formatOf(place));
  const format = places.get(place);
  if (format === undefined) return undefined;
  // First the offset of the place at this time in UTC, then the offset at the time corrected by that.
  const near = longOffset(format, localMs);
  return longOffset(format, localMs - near);
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}

function longOffset(format: Intl.DateTimeFormat, at: number): number {
  const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  return text === 'GMT' ? 0 : offsetMs(text.slice(3));
}
