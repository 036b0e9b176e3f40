import { expect, it } from 'vitest';
import { readLimitMs } from '../../../src/lib/copy/archive.js';

it('reading a tree may take the longer the larger it is: five minutes, and a second for each 5 MB', () => {
  expect(readLimitMs(0)).toBe(300_000);
  expect(readLimitMs(300e9)).toBe(300_000 + 60_000_000);
});
