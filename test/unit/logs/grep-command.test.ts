import { expect, it } from 'vitest';
import { grepCommand } from '../../../src/lib/logs/grep-command.js';

const WORDS = {
  filter: { grep: ['x'], exclude: [], ignoreCase: false },
  context: 0,
  sinceMs: undefined,
  untilMs: undefined,
};

function deadlineOf(path: string, size: number): number {
  const file = { id: '1_1_1', path, log: path, mtimeMs: 0, size, mode: 0o640 };
  return grepCommand(WORDS, file).timeoutMs;
}

it('a search of a host that says nothing ends: by what there is to read, the more the later', () => {
  expect(deadlineOf('/a.log', 0)).toBe(60_000);
  expect(deadlineOf('/a.log', 1_000_000_000)).toBe(260_000);
  expect(deadlineOf('/a.log.1.gz', 100_000_000)).toBe(260_000);
  expect(grepCommand(WORDS, 'shop.service').timeoutMs).toBe(900_000);
});
