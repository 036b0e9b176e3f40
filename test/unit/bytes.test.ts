import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../src/lib/bytes.js';

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
