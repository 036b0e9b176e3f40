import { quoted } from './forms.js';
import { LONGEST_UNIT } from './patterns.js';

/** How much of a longer value is hidden, in characters. */
export const LONGEST_VALUE = 4096;

// What follows a name in env files, shells, YAML and JSON, and in JSON inside JSON.
const TO = `(?:\\\\*["'])?[ \\t]{0,8}[=:][ \\t]{0,8}`;
const VALUES = [
  `"(?:[^"\\\\\\0]|\\\\[^])*`,
  `'[^'\\0]*`,
  `\\\\+"(?:(?!\\\\+")[^\\0])*`,
  `[^\\s"'\\\\\\0][^\\0\\r\\n]*`,
];
/** Inside a line a value ends at the end of the word. */
const WORD = `[^\\s"'\\\\\\0,;&)}\\]]+`;

/** Finds the value after a name. */
export class Assignment {
  readonly name: string;
  readonly #line: RegExp;
  readonly #word: RegExp;
  /** Characters of a name in its longest form, of what follows it, and of a value. */
  readonly #longest: number;

  constructor(name: string) {
    this.name = name;
    this.#longest = LONGEST_UNIT * name.length + 64 + LONGEST_VALUE;
    const [double, single, nested, line] = VALUES;
    const key = `${quoted(name)}${TO}`;
    this.#line = new RegExp(`${key}(${[double, single, nested, line].join('|')})`, 'dy');
    this.#word = new RegExp(`${key}(${[double, single, nested, WORD].join('|')})`, 'dy');
  }

  /** The position of the value, without its quotes; undefined when there is no such name with a value at this place. */
  at(text: string, place: number): { readonly from: number; readonly to: number } | undefined {
    const before = text[place - 1] ?? '\n';
    if (/[A-Za-z0-9_]/.test(before)) return undefined;
    const isAtStart = /[\r\n\0]/.test(before);
    const expression = isAtStart ? this.#line : this.#word;
    // No more than can be hidden: a value may go on to the end of the text, and begin anew at every second place.
    const near = text.slice(place, place + this.#longest);
    expression.lastIndex = 0;
    const [start, stop] = expression.exec(near)?.indices?.[1] ?? [];
    if (start === undefined || stop === undefined) return undefined;
    const [from, to] = [place + start, place + stop];
    const quotes = /^\\*["']?/.exec(text.slice(from, from + 16))?.[0].length ?? 0;
    const end = Math.min(to, from + LONGEST_VALUE);
    return end > from + quotes ? { from: from + quotes, to: end } : undefined;
  }
}
