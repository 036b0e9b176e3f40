/**
 * How programs write the characters of a value, as pieces of regular expressions: literally, and escaped for env files, JSON,
 * shells, URLs, HTML and CSV, also one inside another. None of these escapes letters and digits.
 */

/** A piece for each character of a value, in order. */
export type Units = readonly string[];

/** `%22`, `%2522` */
const PERCENT = '%(?:25){0,3}';
/** `&#34;`, `&amp;#34;` */
const ENTITY = '&(?:amp;){0,3}';
/** The number of backslashes when one escape was nested in others. */
const DEEPEST = 15;
const BACKSLASH = `(?:\\\\|${PERCENT}5[cC])`;
const BACKSLASHES = `${BACKSLASH}{0,${DEEPEST}}`;
const ESCAPED = `${BACKSLASH}{1,${DEEPEST}}`;

const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  '"': 'quot',
  '&': 'amp',
  "'": 'apos',
  '<': 'lt',
  '>': 'gt',
};

/** What some formats write in place of a character that is special in them, the longest first. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  // Out of the single quotes of a shell and back again, '\'' or '"'"', also for a shell in a shell.
  "'": [`'[\\\\'"]{2,30}'`],
  '\n': ['\\r\\n', `${ESCAPED}r${ESCAPED}n`, `${ESCAPED}n`, `${PERCENT}0[dD]${PERCENT}0[aA]`, ' '],
  '\r': [`${ESCAPED}r`, ' '],
  '\t': [`${ESCAPED}t`, ' {1,2}'],
  '\b': [`${ESCAPED}b`],
  '\f': [`${ESCAPED}f`],
  '\v': [`${ESCAPED}v`],
  '\u001b': [`${ESCAPED}[eE]`],
};

/** The same, but the shorter form goes first: a closing quote must not be taken for a part of the value. */
const DOUBLED: Readonly<Record<string, readonly string[]>> = {
  // As in SQL and YAML, and as in CSV.
  "'": ["''"],
  '"': ['""'],
  ' ': ['\\+', `${ENTITY}nbsp;`],
};

/** @param literal the character in the searched text: itself, or the bytes of its UTF-8 when the text is bytes */
export function unitsOf(value: string, literal: (character: string) => string = String): Units {
  const units: string[] = [];
  // A run of backslashes is one unit: it cannot be known how many of them belong to each escape.
  for (const [part] of value.matchAll(/\\+|./gsu)) {
    if (part.startsWith('\\')) units.push(backslashes(part.length));
    else units.push(unitOf(part, literal));
  }
  return units;
}

const cache = new Map<string, string>();

function unitOf(character: string, literal: (character: string) => string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const itself = literal(character);
  const key = `${itself} ${character}`;
  const known = cache.get(key) ?? alternatives(character, itself);
  cache.set(key, known);
  return known;
}

function alternatives(character: string, itself: string): string {
  const code = character.codePointAt(0) ?? 0;
  const bytes = [...Buffer.from(character)];
  const units = [...character].flatMap((each) => each.split(''));
  const name = NAMED_ENTITIES[character];
  const plain = [
    quoted(itself),
    bytes.map((byte) => `${PERCENT}${hex(byte, 2)}`).join(''),
    `${ENTITY}#(?:0*${code}|[xX]0*${hex(code, 1)});`,
    ...(name === undefined ? [] : [`${ENTITY}${name};`]),
  ];
  return `(?:${[
    ...(OTHERWISE[character] ?? []),
    `${BACKSLASHES}(?:${plain.join('|')})`,
    ...(DOUBLED[character] ?? []),
    bytes.map((byte) => `${ESCAPED}x${hex(byte, 2)}`).join(''),
    bytes.map((byte) => `${ESCAPED}${byte.toString(8).padStart(3, '0')}`).join(''),
    units.map((unit) => `${ESCAPED}u${hex(unit.charCodeAt(0), 4)}`).join(''),
    `${ESCAPED}(?:u\\{0*${hex(code, 1)}\\}|U${hex(code, 8)})`,
  ].join('|')})`;
}

function backslashes(count: number): string {
  const one = `(?:${BACKSLASH}(?:u005[cC]|x5[cC]|134)?|${ENTITY}#(?:92|[xX]5[cC]);)`;
  return `${one}{${count},${count * (DEEPEST + 1)}}`;
}

/** In either case: `[aA]`. */
function hex(number: number, digits: number): string {
  return number
    .toString(16)
    .padStart(digits, '0')
    .replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

export function quoted(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** A base64 digit, in either alphabet, and as URLs and JSON escape it. */
function base64Unit(digit: string): string {
  if (digit === '+' || digit === '-') return `(?:[+-]|${PERCENT}2[bB])`;
  if (digit === '/' || digit === '_') return `(?:${BACKSLASHES}[/_]|${PERCENT}2[fF])`;
  return digit;
}

/** Fewer digits of base64 match too easily. */
const SHORTEST_BASE64 = 10;
/** The widths at which base64(1), openssl and MIME break lines. */
const BASE64_LINES = [64, 76];

/**
 * A value in base64: by itself, or inside a longer text such as `user:password`, where it begins at one of three positions of a
 * group. Digits that also hold bits of neighbouring characters are left out.
 */
export function base64Units(value: string): Units[] {
  const bytes = Buffer.from(value);
  const found: string[] = [];
  for (const before of [0, 1, 2]) {
    const digits = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const from = before === 0 ? 0 : before + 1;
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    const core = digits.slice(from, whole);
    found.push(core);
    if (before > 0) continue;
    for (const width of BASE64_LINES)
      for (let at = 0; core.length > width && at < core.length; at += width)
        found.push(core.slice(at, at + width));
  }
  return found
    .filter((digits) => digits.length >= SHORTEST_BASE64)
    .map((digits) => [...digits].map(base64Unit));
}
