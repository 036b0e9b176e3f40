import { UsageError } from '../errors.js';

/** When a line was written, and where in it that stands. */
export interface Stamp {
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** What a time without zone or year needs. */
export interface ClockContext {
  /** Minutes the host's zone is ahead of UTC. */
  readonly zoneMinutes: number;
  /** Its clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Finds the time of a line; undefined: it has none, so it belongs to the line before it. */
export type StampReader = (line: string, context: ClockContext) => Stamp | undefined;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Times stand at the beginning of lines, behind a level or an address at most. */
const HEAD = 160;
const DAY_MS = 86_400_000;

const ZONE = String.raw`(?:[ ]?(Z|UTC|[+-]\d\d:?\d\d))?`;
const ISO = new RegExp(
  String.raw`(?<!\d)(\d{4})[-/](\d\d)[-/](\d\d)[T_ ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?${ZONE}(?!\d)`,
);
const SYSLOG = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?= )/;
const COMMON = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? ([+-]\d{4})\]/;
const EPOCH = /^\[?(\d{10})(?:\.(\d{1,9})|(\d{3})|(\d{6})|(\d{9}))?\]?(?=[\s:,|]|$)/;
const JSON_FIELDS = '@timestamp|timestamp|time|ts|datetime|date|asctime|eventTime|t';

/** ISO 8601 and its kin, syslog, nginx and common log, epoch, a field of JSON; whichever it was last is tried first. */
export function autoStamps(): StampReader {
  const readers: StampReader[] = [readIso, readJson(JSON_FIELDS), readSyslog, readCommon, readEpoch];
  return (line, context) => {
    // Traces are indented; the times they may quote are not theirs.
    if (line === '' || line.charCodeAt(0) === 32 || line.charCodeAt(0) === 9) return undefined;
    for (let index = 0; index < readers.length; index++) {
      const reader = readers[index];
      const stamp = reader?.(line, context);
      if (stamp === undefined || reader === undefined) continue;
      if (index > 0) {
        readers.splice(index, 1);
        readers.unshift(reader);
      }
      return stamp;
    }
    return undefined;
  };
}

function readIso(line: string, context: ClockContext): Stamp | undefined {
  const match = ISO.exec(line.length > HEAD ? line.slice(0, HEAD) : line);
  if (match === null || line.charCodeAt(0) === 123) return undefined;
  const [text, year, month, day, hour, minute, second, fraction, zone] = match;
  const at = utc(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    fraction,
  );
  if (at === undefined) return undefined;
  return { at: at - zoneMs(zone, context), start: match.index, end: match.index + text.length };
}

function readSyslog(line: string, context: ClockContext): Stamp | undefined {
  const match = SYSLOG.exec(line);
  if (match === null) return undefined;
  const [text, name = '', day, hour, minute, second, fraction] = match;
  const month = MONTHS.indexOf(name.toLowerCase());
  const offset = context.zoneMinutes * 60_000;
  const year = new Date(context.nowMs + offset).getUTCFullYear();
  const inYear = (candidate: number) => {
    const at = utc(candidate, month, Number(day), Number(hour), Number(minute), Number(second), fraction);
    return at === undefined ? undefined : at - offset;
  };
  let at = inYear(year);
  // No year stands there: what would be in the future is of last year.
  if (at === undefined || at > context.nowMs + DAY_MS) at = inYear(year - 1);
  return at === undefined ? undefined : { at, start: 0, end: text.length };
}

function readCommon(line: string, context: ClockContext): Stamp | undefined {
  const match = COMMON.exec(line.length > HEAD * 2 ? line.slice(0, HEAD * 2) : line);
  if (match === null) return undefined;
  const [text, day, name = '', year, hour, minute, second, fraction, zone] = match;
  const month = MONTHS.indexOf(name.toLowerCase());
  const at = utc(Number(year), month, Number(day), Number(hour), Number(minute), Number(second), fraction);
  if (at === undefined) return undefined;
  return { at: at - zoneMs(zone, context), start: match.index, end: match.index + text.length };
}

function readEpoch(line: string): Stamp | undefined {
  const match = EPOCH.exec(line);
  if (match === null) return undefined;
  const [text, seconds = '', fraction, ...finer] = match;
  const digits = fraction ?? finer.find((each) => each !== undefined) ?? '';
  return { at: Number(seconds) * 1000 + fractionMs(digits), start: 0, end: text.length };
}

/** A member of a JSON object: a text that has a time, or a number of seconds, milliseconds, micro- or nanoseconds. */
function readJson(fields: string): StampReader {
  const member = new RegExp(String.raw`"(?:${fields})"\s*:\s*(?:"([^"]{8,40})"|(\d{10,19}(?:\.\d+)?))`);
  return (line, context) => {
    if (line.charCodeAt(0) !== 123) return undefined;
    const match = member.exec(line);
    if (match === null) return undefined;
    const [, text, number] = match;
    const at =
      number === undefined ? (readIso(text ?? '', context) ?? readEpoch(text ?? ''))?.at : epochMs(number);
    // In JSON the time is one member of many: nothing to cut off.
    return at === undefined ? undefined : { at, start: 0, end: 0 };
  };
}

function epochMs(number: string): number {
  const [whole = ''] = number.split('.');
  return Number(number) / 10 ** (whole.length - 13);
}

/** @param field name of the member that has the time */
export function jsonStamps(field: string): StampReader {
  return readJson(field.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
}

const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: String.raw`(?<Y>\d{4})`,
  y: String.raw`(?<y>\d\d)`,
  m: String.raw`(?<m>\d{1,2})`,
  d: String.raw`(?<d>[ \d]?\d)`,
  e: String.raw`(?<d>[ \d]?\d)`,
  b: '(?<b>[A-Za-z]{3})',
  H: String.raw`(?<H>\d{1,2})`,
  M: String.raw`(?<M>\d\d)`,
  S: String.raw`(?<S>\d\d)`,
  f: String.raw`(?<f>\d{1,9})`,
  z: String.raw`(?<z>Z|[+-]\d\d:?\d\d)`,
  s: String.raw`(?<s>\d{9,11})`,
  '%': '%',
};

/**
 * A format of strptime(3): %Y %y %m %b %d %e %H %M %S %f %z %s %%.
 *
 * @throws {UsageError} on another directive, and when it has neither %s nor a day and an hour
 */
export function formatStamps(format: string): StampReader {
  const used = new Set<string>();
  const pattern = format.replaceAll(/%(.?)|[.*+?^${}()|[\]\\]/gs, (token, directive?: string) => {
    if (directive === undefined) return `\\${token}`;
    const piece = DIRECTIVES[directive];
    if (piece === undefined || used.has(directive))
      throw new UsageError(
        `--time-format: ${token} ${piece === undefined ? 'is not known' : 'stands there twice'}`,
        `There are ${Object.keys(DIRECTIVES)
          .map((each) => `%${each}`)
          .join(' ')}.`,
      );
    if (directive !== '%') used.add(directive);
    return piece;
  });
  if (!used.has('s') && !(used.has('H') && (used.has('d') || used.has('e'))))
    throw new UsageError('--time-format tells no time', "for example: --time-format '%d.%m.%Y %H:%M:%S'");
  const expression = new RegExp(pattern);
  return (line, context) => {
    const match = expression.exec(line);
    if (match?.groups === undefined || match === null) return undefined;
    const at = atOf(match.groups, context);
    return at === undefined ? undefined : { at, start: match.index, end: match.index + match[0].length };
  };
}

function atOf(
  parts: Readonly<Record<string, string | undefined>>,
  context: ClockContext,
): number | undefined {
  if (parts.s !== undefined) return Number(parts.s) * 1000 + fractionMs(parts.f ?? '');
  const now = new Date(context.nowMs + context.zoneMinutes * 60_000);
  const year = parts.Y ?? (parts.y === undefined ? now.getUTCFullYear() : `20${parts.y}`);
  const month =
    parts.b === undefined
      ? Number(parts.m ?? now.getUTCMonth() + 1) - 1
      : MONTHS.indexOf(parts.b.toLowerCase());
  const at = utc(
    Number(year),
    month,
    Number(parts.d),
    Number(parts.H),
    Number(parts.M ?? 0),
    Number(parts.S ?? 0),
    parts.f,
  );
  return at === undefined ? undefined : at - zoneMs(parts.z, context);
}

/** Undefined for a day or an hour that there is not. */
function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
): number | undefined {
  if (month < 0 || month > 11 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return undefined;
  return Date.UTC(year, month, day, hour, minute, second) + fractionMs(fraction ?? '');
}

function fractionMs(digits: string): number {
  return digits === '' ? 0 : Number(digits) / 10 ** (digits.length - 3);
}

function zoneMs(zone: string | undefined, { zoneMinutes }: ClockContext): number {
  if (zone === undefined) return zoneMinutes * 60_000;
  if (zone === 'Z' || zone === 'UTC') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
