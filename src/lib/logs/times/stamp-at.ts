import { type FieldsReader, fieldsReader } from './fields.js';
import { FORMATS, type StampFormat } from './formats.js';
import { commonAt, isoAt, syslogAt } from './plain-formats.js';
import type { ClockContext, Stamp } from './stamp.js';

interface Reader extends Pick<StampFormat, 'isFirst' | 'isSpread'> {
  /** How the time begins, as in FORMATS. */
  readonly look: string;
  readonly pattern: RegExp;
  readonly timeOf: FieldsReader;
}

interface Readers {
  plain?: (line: string, at: number, context: ClockContext) => Stamp | undefined;
  readonly formats: Reader[];
}

const [ZERO, NINE, UPPER_A, UPPER_Z, LOWER_A, LOWER_Z, MINUS] = [48, 57, 65, 90, 97, 122, 45];
/** A longer number is no time. */
const MOST_DIGITS = 20;
/** Readers by the beginning of a time: a number of digits and the ASCII character after them; a capital; a minus. */
const CODES = 128;
const NOTHING = 0;
const [CAPITAL, DASH] = [(MOST_DIGITS + 1) * CODES, (MOST_DIGITS + 1) * CODES + 1];
const READERS: readonly Readers[] = Array.from({ length: DASH + 1 }, () => ({ formats: [] }));
/** Characters that may follow a number that is a time. */
const ENDS = ['', ...' \t:,|]'];
for (const { pattern, fields, begins, ...rest } of FORMATS)
  for (const look of begins) {
    const reader = { look, pattern: new RegExp(pattern, 'y'), timeOf: fieldsReader(fields), ...rest };
    for (const end of /^0+$/.test(look) ? ENDS : [''])
      READERS[beginningOf(look + end, 0)]?.formats.push(reader);
  }
for (const [look, plain] of [
  ['0000-', isoAt],
  ['00/', commonAt],
  ['Aaa', syslogAt],
] as const)
  Object.assign(READERS[beginningOf(look, 0)] ?? {}, { plain });

/** The time at this position. */
export function stampAt(line: string, at: number, context: ClockContext): Stamp | undefined {
  const beginning = beginningOf(line, at);
  const readers = beginning === NOTHING ? undefined : READERS[beginning];
  if (readers === undefined) return undefined;
  return readers.plain?.(line, at, context) ?? formatAt(readers.formats, line, at, context);
}

function formatAt(
  readers: readonly Reader[],
  line: string,
  at: number,
  context: ClockContext,
): Stamp | undefined {
  for (const { look, pattern, timeOf, isFirst, isSpread } of readers) {
    if ((isFirst === true && at > 0) || !looksLike(line, at, look)) continue;
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    const time = match === null ? undefined : timeOf(match, context);
    if (match === null || time === undefined) continue;
    return isSpread === true
      ? { at: time, start: 0, end: 0 }
      : { at: time, start: at, end: at + match[0].length };
  }
  return undefined;
}

/** The index in READERS. */
function beginningOf(line: string, at: number): number {
  const first = line.charCodeAt(at);
  if (first >= UPPER_A && first <= UPPER_Z) return CAPITAL;
  if (first === MINUS) return DASH;
  let end = at;
  for (
    let code = first;
    code >= ZERO && code <= NINE && end < at + MOST_DIGITS;
    code = line.charCodeAt(++end)
  );
  const next = line.charCodeAt(end);
  return end === at ? NOTHING : (end - at) * CODES + (next < CODES ? next : 0);
}

function looksLike(line: string, at: number, look: string): boolean {
  for (let index = 0; index < look.length; index++) {
    const code = line.charCodeAt(at + index);
    const like = look.charCodeAt(index);
    const isLike =
      like === ZERO
        ? code >= ZERO && code <= NINE
        : like === UPPER_A
          ? code >= UPPER_A && code <= UPPER_Z
          : like === LOWER_A
            ? code >= LOWER_A && code <= LOWER_Z
            : code === like;
    if (!isLike) return false;
  }
  return true;
}
