import type { RemoteCommand, Word } from './command.js';

const SAFE_WORD = /^[A-Za-z0-9_@%+:,./-]+$/;

/**
 * Quotes one word for a POSIX shell: single quotes keep every character literal except the quote itself (POSIX.1-2017, Shell
 * Command Language, 2.2.2). A command line cannot hold a NUL.
 *
 * @throws {Error} when the word holds a NUL character
 */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new Error('a command word holds a NUL character');
  if (SAFE_WORD.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command line for the remote shell. */
export function renderCommand(words: readonly Word[]): string {
  return words.map((word) => (typeof word === 'string' ? quoteWord(word) : word.raw)).join(' ');
}

/**
 * A script for `sh -c` with its arguments as $1, $2, …: values never become part of the script's text. `effect` and `timeoutMs`
 * as in RemoteCommand.
 */
export function scriptCommand<Effect extends RemoteCommand['effect']>(
  script: string,
  args: readonly string[],
  effect: Effect,
  timeoutMs: number,
): Extract<RemoteCommand, { readonly effect: Effect }>;
export function scriptCommand(
  script: string,
  args: readonly string[],
  effect: RemoteCommand['effect'],
  timeoutMs: number,
): RemoteCommand {
  return { words: ['sh', '-c', script, 'kuafu', ...args], effect, timeoutMs };
}
