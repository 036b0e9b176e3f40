import type { CommandResult } from './transport.js';

/**
 * The last lines that a command wrote to stderr, blank ones aside: where programs say why they failed. Whole ones alone:
 * of one that has lost its beginning nobody can tell whether it shows a part of a secret.
 */
export function lastLines({ stderr, truncated }: CommandResult, count: number): readonly string[] {
  const whole = truncated ? stderr.replace(/^[^\r\n]*/, '') : stderr;
  return whole
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-count);
}
