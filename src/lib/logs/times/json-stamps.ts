import { epochMs, isPast } from './calendar.js';
import { eachMember } from './json-members.js';
import type { ClockContext, StampReader } from './stamp.js';
import { stampAt } from './stamp-at.js';

/** The name that log shippers and Elastic use: it always means the time of the line. */
const BEST = '@timestamp';
const BEST_MEMBER = `"${BEST}"`;
/** Names of members with the time of a line: first the names that seldom mean something else, then the others. */
const NAMES: readonly (readonly string[])[] = [
  [BEST],
  [
    'timestamp',
    'time',
    'ts',
    '@t',
    'datetime',
    'eventTime',
    'asctime',
    'Timestamp',
    'Time',
    '__REALTIME_TIMESTAMP',
  ],
  ['t', 'date', 'created', 'requestReceivedTimestamp'],
];
/** By the first letter, because most members begin with another letter. */
const RANKED = new Map<number, { readonly name: string; readonly rank: number }[]>();
for (const [rank, names] of NAMES.entries())
  for (const name of names) {
    const first = name.charCodeAt(0);
    RANKED.set(first, [...(RANKED.get(first) ?? []), { name, rank }]);
  }
const NUMBER = /(\d{10}|\d{13}|\d{16}|\d{19})(?:\.(?=(\d{1,9}))\d+)?(?![\d.eE])/y;
/** Such as 1.7955144e9, a form of floating point. */
const EXPONENT = /\d\.\d+[eE]\+?0?9(?!\d)/y;
/** Extended JSON of MongoDB: `{"$date":"2026-11-24T10:00:00.123Z"}`. */
const EXTENDED = /\{\s*"\$date"\s*:\s*(?:\{\s*"\$numberLong"\s*:\s*)?/y;
const QUOTE = 34;
const BRACE = 123;

/**
 * The time of a JSON object: of its members, the first one with the best name that has a time. Nested members are about something
 * else.
 */
export function jsonStamps(): StampReader {
  return readerOf((line, context) => {
    let best = NAMES.length;
    let at: number | undefined;
    eachMember(line, (nameAt, nameEnd, valueAt) => {
      const rank = rankOf(line, nameAt, nameEnd);
      if (rank < best) {
        const time = timeAt(line, valueAt, context);
        if (time !== undefined) {
          best = rank;
          at = time;
        }
      }
      return best === 0 || (best === 1 && !line.includes(BEST_MEMBER, valueAt));
    });
    return at;
  });
}

function rankOf(line: string, at: number, end: number): number {
  for (const { name, rank } of RANKED.get(line.charCodeAt(at)) ?? [])
    if (name.length === end - at && line.startsWith(name, at)) return rank;
  return NAMES.length;
}

/** @param field name of the member with the time: at the top level, else the first one below */
export function jsonFieldStamps(field: string): StampReader {
  const written = JSON.stringify(field);
  const below = new RegExp(`${written.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}\\s*:\\s*`);
  return readerOf((line, context) => {
    let at: number | undefined;
    eachMember(line, (nameAt, nameEnd, valueAt) => {
      if (line.slice(nameAt - 1, nameEnd + 1) === written) at = timeAt(line, valueAt, context);
      return at !== undefined;
    });
    if (at !== undefined) return at;
    const match = below.exec(line);
    return match === null ? undefined : timeAt(line, match.index + match[0].length, context);
  });
}

/** In JSON the time is one member of many, so nothing can be cut off. */
function readerOf(read: (line: string, context: ClockContext) => number | undefined): StampReader {
  return (line, context) => {
    const at = line.charCodeAt(0) === BRACE ? read(line, context) : undefined;
    return at === undefined ? undefined : { at, start: 0, end: 0 };
  };
}

/** The time in a value, which may be a text or a number. */
function timeAt(line: string, valueAt: number, context: ClockContext): number | undefined {
  if (line.charCodeAt(valueAt) === BRACE) {
    EXTENDED.lastIndex = valueAt;
    return EXTENDED.test(line) ? timeAt(line, EXTENDED.lastIndex, context) : undefined;
  }
  const isText = line.charCodeAt(valueAt) === QUOTE;
  const stamp = isText ? stampAt(line, valueAt + 1, context) : undefined;
  if (stamp !== undefined) return stamp.at;
  const at = numberAt(line, isText ? valueAt + 1 : valueAt);
  return at !== undefined && isPast(at, context.nowMs) ? at : undefined;
}

function numberAt(line: string, at: number): number | undefined {
  NUMBER.lastIndex = at;
  const [, digits, fraction] = NUMBER.exec(line) ?? [];
  if (digits !== undefined) return epochMs(digits, digits.length === 10 ? fraction : undefined);
  EXPONENT.lastIndex = at;
  const [number] = EXPONENT.exec(line) ?? [];
  return number === undefined ? undefined : Number(number) * 1000;
}
