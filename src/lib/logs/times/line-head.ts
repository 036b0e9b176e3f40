/** Times are near the beginning of a line: within this many characters. */
export const HEAD = 160;
const LONGEST_WORD = 100;

const LEVELS = [
  ...[
    'TRACE',
    'DEBUG',
    'VERBOSE',
    'INFO',
    'INFORMATION',
    'NOTICE',
    'CONFIG',
    'LOG',
    'FINE',
    'FINER',
    'FINEST',
  ],
  ...['WARN', 'WARNING', 'ERR', 'ERROR', 'CRIT', 'CRITICAL', 'SEVERE', 'FATAL', 'ALERT', 'EMERG', 'PANIC'],
];
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun', 'Monday', 'Tuesday', 'Wednesday', 'Thursday'];
/**
 * Words that may come before the time of a line: its level, the day of the week, words of apt and of AWS load balancers. No other
 * words: a date in a sentence belongs to the content.
 */
const WORDS = new Set([
  ...LEVELS.flatMap((level) => [level, level.toLowerCase(), `${level[0]}${level.slice(1).toLowerCase()}`]),
  ...[...DAYS, 'Friday', 'Saturday', 'Sunday', 'Start-Date', 'End-Date'],
  ...['http', 'https', 'h2', 'ws', 'wss', 'grpcs', '-'],
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
]);
const LONGEST_KNOWN = 11;
/** Members of logfmt with the time of their line, and the one of audit.log. */
const TIME_KEY = /(?:(?:@?timestamp|datetime|date|time|asctime|ts|at|t)=["']?|msg=audit\()/y;
const PAIR = /[\w.@-]{1,40}=(?:"[^"]{0,80}"|[^\s"]{0,80})(?=\s)/y;
/** Headings of MySQL's slow log, Erlang, WebLogic. */
const HEADING = /# Time:|=[A-Z]+ REPORT==== |####/y;
/** log4j's %5p, at the very beginning. */
const PADDED = new RegExp(String.raw`\s{1,3}(?=(?:${LEVELS.join('|')})\s)`, 'y');

const [TAB, BLANK, QUOTE, NUMBER_SIGN, APOSTROPHE, COMMA] = [9, 32, 34, 35, 39, 44];
const [ROUND, ONE, COLON, LESS, EQUALS, SQUARE, CURLY, PIPE] = [40, 49, 58, 60, 61, 91, 123, 124];
/** ASCII characters inside words, addresses and paths; and those between words. */
const IN_WORD = tableOf(/[\w.:@/%#-]/);
const BETWEEN = tableOf(/[\s|,:;*-]/);

function tableOf(pattern: RegExp): readonly boolean[] {
  return Array.from({ length: 128 }, (_, code) => pattern.test(String.fromCharCode(code)));
}

/** Where the first word of a line begins; undefined for an indented line: a time in a stack trace is not the time of the line. */
export function firstWord(line: string): number | undefined {
  const first = line.charCodeAt(0);
  if (first !== BLANK && first !== TAB) return first >= 0 ? 0 : undefined;
  PADDED.lastIndex = 0;
  return PADDED.test(line) ? PADDED.lastIndex : undefined;
}

/** The position after a bracket, a quotation mark, or the letter of glog, and after the blank that follows. */
export function behindOpening(line: string, at: number): number | undefined {
  const code = line.charCodeAt(at);
  if (closingOf(code) !== undefined || code === QUOTE || code === APOSTROPHE)
    return line.charCodeAt(at + 1) === BLANK ? at + 2 : at + 1;
  const isLevel = code === 73 || code === 87 || code === 69 || code === 70; // I W E F
  return isLevel && isDigit(line.charCodeAt(at + 1)) ? at + 1 : undefined;
}

function closingOf(code: number): string | undefined {
  if (code === SQUARE) return ']';
  if (code === ROUND) return ')';
  if (code === LESS) return '>';
  return code === CURLY ? '}' : undefined;
}

/** Where the next word begins that may be a time; undefined: the word here never comes before a time. */
export function nextWord(line: string, at: number): number | undefined {
  const code = line.charCodeAt(at);
  const close = closingOf(code);
  let end = close === undefined ? endOfWord(line, at) : endOfGroup(line, at, close);
  if (end === undefined || end <= at) return undefined;
  if (!isKey(line, end)) for (; end <= HEAD && BETWEEN[line.charCodeAt(end)] === true; end++);
  return end > HEAD ? undefined : end;
}

/** A time follows its key directly. */
function isKey(line: string, end: number): boolean {
  const last = line.charCodeAt(end - 1);
  return last === EQUALS || last === QUOTE || last === ROUND;
}

/** `[…]`, `(…)`, `<…>`, `{…}`, and the version of RFC 5424 after the priority. */
function endOfGroup(line: string, at: number, close: string): number | undefined {
  const end = line.indexOf(close, at + 1) + 1;
  if (end === 0 || end > at + LONGEST_WORD) return undefined;
  return close === '>' && line.charCodeAt(end) === ONE && line.charCodeAt(end + 1) === BLANK ? end + 1 : end;
}

/** Words with a digit are hosts, addresses, processes, files. */
function endOfWord(line: string, at: number): number | undefined {
  let end = at;
  let hasDigit = false;
  for (let code = line.charCodeAt(at); IN_WORD[code] === true && end <= HEAD; code = line.charCodeAt(++end))
    if (isDigit(code)) hasDigit = true;
  const next = line.charCodeAt(end);
  if (next === EQUALS) return endOfPair(line, at);
  if (end === at || line.charCodeAt(at) === NUMBER_SIGN)
    return endOf(HEADING, line, at) ?? (end === at && BETWEEN[next] === true ? at + 1 : undefined);
  if (end > at + LONGEST_WORD || !(next === BLANK || next === TAB || next === PIPE || next === COMMA))
    return undefined;
  return hasDigit || isKnown(line, at, end) || line.charCodeAt(behindBlanks(line, end)) === PIPE
    ? end
    : undefined;
}

function isKnown(line: string, at: number, end: number): boolean {
  const last = line.charCodeAt(end - 1) === COLON ? end - 1 : end;
  return last - at <= LONGEST_KNOWN && WORDS.has(line.slice(at, last));
}

function endOfPair(line: string, at: number): number | undefined {
  return endOf(TIME_KEY, line, at) ?? endOf(PAIR, line, at) ?? endOf(HEADING, line, at);
}

function endOf(pattern: RegExp, line: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : undefined;
}

function behindBlanks(line: string, at: number): number {
  let end = at;
  while (end <= HEAD && line.charCodeAt(end) === BLANK) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
