import type { CommandResult } from './transport.js';

/**
 * The last lines that a command wrote to stderr, without blank lines: there programs say why they failed. Whole lines only:
 * a line without its beginning may show part of a secret.
 */
export function lastLines({ stderr, truncated }: CommandResult, count: number): readonly string[] {
  const whole = truncated ? stderr.replace(/^[^\r\n]*/, '') : stderr;
  return whole
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-count);
}
