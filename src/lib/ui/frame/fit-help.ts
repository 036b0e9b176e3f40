import { breakSentences } from './break-sentences.js';

/** A column of words that is narrower cannot be read, so its text goes below its head. */
const LEAST_WORDS = 12;
const BELOW = ' '.repeat(6);

/** A help text on a narrow terminal: no word is broken, and text in a column stays in its column if possible. */
export function fitHelp(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (line.length <= columns ? line : fitLine(line, columns)))
    .join('\n');
}

function fitLine(line: string, columns: number): string {
  const [, head = '', words = ''] = /^( +\S.*? {2,})(\S.*)$/.exec(line) ?? [];
  if (head === '') return breakSentences(line, columns);
  if (columns - head.length < LEAST_WORDS)
    return breakSentences(`${head.trimEnd()}\n${BELOW}${words}`, columns);
  return head + breakSentences(words, columns - head.length).replaceAll('\n', `\n${' '.repeat(head.length)}`);
}
