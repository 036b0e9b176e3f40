import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/lib/duration.js';

describe('formatDuration', () => {
  it.each([
    [0, '0.0s'],
    [240, '0.2s'],
    [1234, '1.2s'],
    [59_940, '59.9s'],
    [59_960, '1m00s'],
    [184_000, '3m04s'],
    [3_599_400, '59m59s'],
    [3_599_600, '1h00m'],
    [3_720_000, '1h02m'],
    [90_000_000, '25h00m'],
    [-1, '-'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, '-'],
  ])('%d ms is %s', (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });
});
