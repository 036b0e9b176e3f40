import { expect, it } from 'vitest';
import { aboutMinutes, aheadMs } from '../../../src/lib/logs/host-clock.js';

it.each([
  { what: 'an answer at once', clock: 100_500, asked: 100_000, heard: 101_000, ahead: 0 },
  { what: 'an answer that was 30 s on its way', clock: 100_500, asked: 100_000, heard: 130_000, ahead: 0 },
  { what: 'a clock ahead', clock: 160_000, asked: 100_000, heard: 101_000, ahead: 59_000 },
  {
    what: 'a clock behind, and a late answer',
    clock: 40_000,
    asked: 100_000,
    heard: 130_000,
    ahead: -60_000,
  },
])('$what', ({ clock, asked, heard, ahead }) => {
  expect(aheadMs(clock, asked, heard)).toBe(ahead);
});

it('is said in minutes, or in seconds where it is few', () => {
  expect(aboutMinutes(3_600_000)).toBe('about 60 min ahead');
  expect(aboutMinutes(-12_000)).toBe('about 12 s behind');
});
