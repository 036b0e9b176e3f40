import { parseJumps } from './jump.js';
import type { OptionKind } from './keywords.js';
import { splitWords } from './words.js';

const YES_OR_NO = ['yes', 'no', 'true', 'false'];
const STRICTNESS = [...YES_OR_NO, 'ask', 'off', 'accept-new'];
const FAMILIES = ['any', 'inet', 'inet6'];

type Read = (word: string) => string;

/** What the one word of each kind must be; gives it in one spelling. */
const WORDS: Readonly<Record<Exclude<OptionKind, 'words' | 'line' | 'jumps'>, Read>> = {
  word: (word) => word,
  host: hostOf,
  port: portOf,
  seconds: secondsOf,
  flag: (word) => (/^(yes|true)$/.test(oneOf(word, YES_OR_NO)) ? 'yes' : 'no'),
  strictness: (word) => oneOf(word, STRICTNESS),
  family: (word) => oneOf(word, FAMILIES),
};

/**
 * The value of an option, from the text after its keyword.
 *
 * @throws {Error} with a sentence for a value that ssh refuses too
 */
export function readValue(kind: OptionKind, rest: string): readonly string[] {
  if (rest === '') throw new Error('nothing stands behind it');
  const words = splitWords(rest);
  if (words === undefined) throw new Error('a quote is not closed');
  // After an `=`, the rest of the line is taken unchanged, with its quotes.
  const line = rest.replace(/^[ \t\r\n=]+/, '');
  if (kind === 'line') return [line];
  if (kind === 'jumps')
    return parseJumps(line).length === 0 ? ['none'] : [line.replace(/#.*$/s, '').trimEnd()];
  if (words.length === 0 || words.includes('')) throw new Error('nothing stands behind it');
  if (kind === 'words') return fileList(words);
  const [word = ''] = words;
  if (words.length > 1) throw new Error(`it takes one word, and ${words[1]} is another`);
  return [WORDS[kind](word)];
}

function fileList(words: readonly string[]): readonly string[] {
  const isNone = words.some((word) => word.toLowerCase() === 'none');
  if (isNone && words.length > 1) throw new Error('none stands beside others');
  return isNone ? ['none'] : words;
}

function oneOf(word: string, known: readonly string[]): string {
  const found = known.find((each) => each === word.toLowerCase());
  if (found === undefined) throw new Error(`it may be ${known.join(', ')}`);
  return found;
}

function hostOf(word: string): string {
  if (/%([^h%]|$)/.test(word.replaceAll('%%', ''))) throw new Error('of the tokens it takes %h and %% alone');
  return word;
}

/** A number, or `ssh`: other service names are not known here. */
function portOf(word: string): string {
  const port = word === 'ssh' ? 22 : Number(word);
  if (!/^(ssh|\d{1,5})$/.test(word) || port < 1 || port > 65_535) throw new Error('it is no port');
  return String(port);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `90`, `1m30s`, `none` (sshd_config(5), TIME FORMATS). */
function secondsOf(word: string): string {
  if (word === 'none') return 'none';
  if (!/^(\d+[smhdw])*\d*$/i.test(word)) throw new Error('it is no time');
  const parts = [...word.matchAll(/(\d+)([smhdw]?)/gi)];
  const total = parts.reduce((sum, [, digits, unit = '']) => {
    return sum + Number(digits) * (SECONDS[unit.toLowerCase()] ?? 1);
  }, 0);
  if (total > 2 ** 31 - 1) throw new Error('it is no time');
  return String(total);
}
