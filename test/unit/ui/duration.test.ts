import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration } from '../../../src/lib/ui/duration.js';

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

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [2_100_000, '2.1 MB'],
    [999_950, '1.0 MB'],
    [999_949, '999.9 kB'],
    [5e15, '5.0 PB'],
    [5e18, '5000.0 PB'],
    [-3, '-'],
  ])('%d bytes are %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });
});
