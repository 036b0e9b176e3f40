/** How programs write one character of a value; joined they are the whole value as that program writes it. */
export type Written = (character: string) => string;

const bytesOf = (character: string) => [...Buffer.from(character)];
const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
const isPlain = (character: string) => /[A-Za-z0-9_-]/.test(character);

const json: Written = (character) => JSON.stringify(character).slice(1, -1);
const html: Written = (character) =>
  ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character] ?? character;

export const WRITTEN: Readonly<Record<string, Written>> = {
  raw: (character) => character,
  'env file': (character) => (/[\\"$`]/.test(character) ? `\\${character}` : character),
  json,
  'json in json': (character) => json(json(character)),
  'json in json in json': (character) => json(json(json(character))),
  'json of ASCII (Python)': (character) =>
    /[\x20-\x7e]/.test(character)
      ? json(character)
      : ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character] ??
        character
          .split('')
          .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
          .join('')),
  'json with escaped slashes (PHP)': (character) => (character === '/' ? '\\/' : json(character)),
  'JSON of Go, safe in HTML': (character) =>
    /[<>&]/.test(character) ? `\\u${hex(character.charCodeAt(0), 4)}` : json(character),
  'single quotes of a shell': (character) => (character === "'" ? `'\\''` : character),
  'single quotes, the other way': (character) => (character === "'" ? `'"'"'` : character),
  'printf %q': (character) => (isPlain(character) ? character : `\\${character}`),
  "$'…' of bash": (character) =>
    ({ '\n': '\\n', '\t': '\\t', '\r': '\\r', "'": "\\'", '\\': '\\\\', '\u001b': '\\E' })[character] ??
    (character > '~'
      ? bytesOf(character)
          .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
          .join('')
      : character),
  encodeURIComponent: (character) => encodeURIComponent(character),
  'form of a page': (character) =>
    character === ' '
      ? '+'
      : isPlain(character)
        ? character
        : bytesOf(character)
            .map((byte) => `%${hex(byte, 2)}`)
            .join(''),
  'URL in a URL': (character) => encodeURIComponent(encodeURIComponent(character)),
  html,
  'html, all by number': (character) =>
    isPlain(character) ? character : `&#x${hex(character.codePointAt(0) ?? 0, 2)};`,
  'html of JSON': (character) => [...json(character)].map(html).join(''),
  'JSON of a URL': (character) => json(encodeURIComponent(character)),
  csv: (character) => (character === '"' ? '""' : character),
  sql: (character) => (character === "'" ? "''" : character),
  'what a terminal is shown': (character) =>
    /[\x00-\x1f\x7f-\x9f]/.test(character) ? `\\x${hex(character.charCodeAt(0), 2)}` : character,
};

/** The same numbers for the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
