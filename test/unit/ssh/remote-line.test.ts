import { expect, test } from 'vitest';
import type { RemoteCommand } from '../../../src/lib/shell/command.js';
import { scriptCommand } from '../../../src/lib/shell/quote.js';
import { deadlineMs, remoteLine } from '../../../src/lib/ssh/remote-line.js';

function command(words: RemoteCommand['words'], timeoutMs = 10_000): RemoteCommand {
  return { words, effect: 'read', timeoutMs };
}

test.each<[string, RemoteCommand, string]>([
  [
    'a script',
    scriptCommand('echo "$1"', ["it's"], 'read', 1),
    `timeout -k 2 3 sh -c 'echo "$1"' kuafu 'it'\\''s'`,
  ],
  ['a program', command(['uname', '-a']), `timeout -k 2 12 sh -c 'uname -a'`],
  ['a pipeline', command(['sh', '-c', 'x', { raw: '|' }, 'wc']), `timeout -k 2 12 sh -c 'sh -c x | wc'`],
  ['without end', command(['tail'], Number.POSITIVE_INFINITY), `timeout -k 2 2147486 sh -c tail`],
])('%s', (_title, given, expected) => {
  expect(remoteLine(given)).toBe(expected);
});

test('a deadline that setTimeout cannot hold is the longest it can', () => {
  expect(deadlineMs(command(['x'], Number.POSITIVE_INFINITY))).toBe(2 ** 31 - 1);
  expect(deadlineMs(command(['x'], 5))).toBe(5);
});
