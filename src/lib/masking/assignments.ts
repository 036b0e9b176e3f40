import { quoted } from './forms.js';

/** A value longer than this is hidden up to there, in characters. */
export const LONGEST_VALUE = 4096;

// What a name is followed by, as env files, shells, YAML and JSON have it, and JSON inside JSON.
const TO = `(?:\\\\*["'])?[ \\t]{0,8}[=:][ \\t]{0,8}`;
const VALUES = [
  `"(?:[^"\\\\\\0]|\\\\[^])*`,
  `'[^'\\0]*`,
  `\\\\+"(?:(?!\\\\+")[^\\0])*`,
  `[^\\s"'\\\\\\0][^\\0\\r\\n]*`,
];
/** In the middle of a line a value ends where a word does. */
const WORD = `[^\\s"'\\\\\\0,;&)}\\]]+`;

/** Finds the value that stands behind a name. */
export class Assignment {
  readonly name: string;
  readonly #line: RegExp;
  readonly #word: RegExp;

  constructor(name: string) {
    this.name = name;
    const [double, single, nested, line] = VALUES;
    const key = `${quoted(name)}${TO}`;
    this.#line = new RegExp(`${key}(${[double, single, nested, line].join('|')})`, 'dy');
    this.#word = new RegExp(`${key}(${[double, single, nested, WORD].join('|')})`, 'dy');
  }

  /** Where the value lies, its quotes aside; undefined where at this place is no such name with a value. */
  at(text: string, place: number): { readonly from: number; readonly to: number } | undefined {
    const before = text[place - 1] ?? '\n';
    if (/[A-Za-z0-9_]/.test(before)) return undefined;
    const isAtStart = /[\r\n\0]/.test(before);
    const expression = isAtStart ? this.#line : this.#word;
    expression.lastIndex = place;
    const [from, to] = expression.exec(text)?.indices?.[1] ?? [];
    if (from === undefined || to === undefined) return undefined;
    const quotes = /^\\*["']?/.exec(text.slice(from, from + 16))?.[0].length ?? 0;
    const end = Math.min(to, from + LONGEST_VALUE);
    return end > from + quotes ? { from: from + quotes, to: end } : undefined;
  }
}
