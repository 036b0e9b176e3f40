import { expect, it } from 'vitest';
import { firstOffset } from '../../../src/lib/logs/seek.js';

const SIZE = 10_000_000_000;

it('finds the place of a time in a file of any size with few looks', async () => {
  let looks = 0;
  const timeAt = async (offset: number) => {
    looks++;
    return offset / 1000;
  };
  const offset = await firstOffset(SIZE, 5_000_000, timeAt);
  expect(offset).toBeLessThanOrEqual(5_000_000_000);
  expect(offset).toBeGreaterThan(5_000_000_000 - 65_536);
  expect(looks).toBeLessThan(20);
});

it('reads all of a file in which it finds no times', async () => {
  expect(await firstOffset(SIZE, 5, async () => undefined)).toBe(0);
});
