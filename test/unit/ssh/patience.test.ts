import { expect, it } from 'vitest';
import { Patience } from '../../../src/lib/ssh/patience.js';

const NEVER = Number.NEGATIVE_INFINITY;

it('a busy host has ten seconds to clear away the command before, however often it refuses', () => {
  const patience = new Patience();
  for (let nowMs = 0; nowMs < 10_000; nowMs += 100) {
    patience.refused(0, nowMs);
    expect(patience.isOver(NEVER, nowMs)).toBe(false);
  }
  patience.refused(0, 10_000);
  expect(patience.isOver(NEVER, 10_000)).toBe(true);
});

it('what other commands of ours hold is waited for as long as they run', () => {
  const patience = new Patience();
  patience.refused(0, 0);
  patience.refused(2, 9000);
  expect(patience.isOver(NEVER, 60_000)).toBe(false);
  patience.refused(0, 60_000);
  expect(patience.isOver(NEVER, 69_999)).toBe(false);
  expect(patience.isOver(NEVER, 70_000)).toBe(true);
});

it('a command that was stopped has ten seconds to end on the host', () => {
  const patience = new Patience();
  patience.refused(0, 0);
  expect(patience.isOver(5000, 14_999)).toBe(false);
  expect(patience.isOver(5000, 15_000)).toBe(true);
});

it('tries are further and further apart, up to half a second', () => {
  const patience = new Patience();
  const waits = Array.from({ length: 7 }, () => {
    patience.refused(0, 0);
    return patience.waitMs;
  });
  expect(waits).toEqual([40, 80, 160, 320, 500, 500, 500]);
});
