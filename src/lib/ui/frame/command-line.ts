import stringWidth from 'string-width';
import { quoteWord } from '../../shell/quote.js';
import { breakSentences } from './break-sentences.js';
import { suggested } from './suggested.js';

/**
 * A command line to paste into a shell: `undefined` and false flags are left out, true ones have no value.
 * @param flags by their names, in order
 */
export function commandLine(
  command: string,
  flags: Readonly<Record<string, string | boolean | undefined>>,
): string {
  const words = Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, quoteWord(value)];
  });
  return [command, ...words].join(' ');
}

/**
 * The purpose of a command, then the command: on the same line if that fits, otherwise below. The output can be pasted into
 * a shell: a broken line ends with a backslash.
 */
export function withCommand(what: string, bare: string, columns: number): string {
  const command = suggested(bare);
  const line = `${what} ${command}`;
  if (stringWidth(line) <= columns) return line;
  return `${breakSentences(what.trimEnd(), columns)}\n${brokenCommand(command, columns)}`;
}

/** A command on lines of its own that fit: each but the last ends with a backslash, so they can be pasted into a shell. */
export function brokenCommand(command: string, columns: number): string {
  const lines: string[] = [];
  let current = INDENT;
  for (const word of shellWords(command)) {
    const longer = current.trim() === '' ? current + word : `${current} ${word}`;
    if (current.trim() === '' || stringWidth(longer) <= columns - BREAK.length) current = longer;
    else {
      lines.push(current + BREAK);
      current = INDENT + INDENT + word;
    }
  }
  return [...lines, current].join('\n');
}

const INDENT = '  ';
const BREAK = ' \\';

/** Words as quoteWord() makes them: a quoted word may contain spaces. */
function shellWords(command: string): string[] {
  return command.match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? [];
}
