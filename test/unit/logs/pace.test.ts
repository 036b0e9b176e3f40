import { expect, it } from 'vitest';
import { MAX_WAITING, Pace } from '../../../src/lib/logs/pace.js';

function live(maxRate = 100): Pace {
  const pace = new Pace(maxRate);
  pace.restart();
  expect(pace.next(1000, 0)).toBe('g');
  pace.polled(false, 1000);
  return pace;
}

it('asks at once while there is more, and by and by when there is not', () => {
  const pace = new Pace(100);
  pace.restart();
  expect(pace.next(1000, 0)).toBe('g');
  pace.polled(true, 1000);
  expect(pace.next(1001, 0)).toBe('g');
  pace.polled(false, 1001);
  expect(pace.next(1002, 0)).toBeGreaterThan(200);
  expect(pace.next(1400, 0)).toBe('g');
});

it('asks for nothing while lines wait, but keeps the follower alive', () => {
  const pace = new Pace(100);
  pace.restart();
  expect(pace.next(1000, MAX_WAITING + 1)).toBeTypeOf('number');
  expect(pace.next(6000, MAX_WAITING + 1)).toBe('k');
  expect(pace.next(6001, MAX_WAITING + 1)).toBeTypeOf('number');
  expect(pace.next(6100, 0)).toBe('g');
});

it('skips what goes over the rate, each second anew', () => {
  const pace = live(100);
  expect(pace.next(1400, 0)).toBe('g');
  pace.took(101);
  pace.polled(true, 1400);
  expect(pace.next(1500, 0)).toBeTypeOf('number');
  expect(pace.next(2000, 0)).toBe('s');
  pace.polled(false, 2001);
  expect(pace.next(2400, 0)).toBe('g');
});

it('owes all that was written while a link was cut, however much it is', () => {
  const pace = live(100);
  pace.restart();
  for (let now = 10_000; now < 60_000; now += 100) {
    expect(pace.next(now, 0)).toBe('g');
    pace.took(1000);
    pace.polled(true, now);
  }
});

it('skips to the end when the output has been too slow for too long', () => {
  const pace = live(Number.POSITIVE_INFINITY);
  for (let now = 2000; now < 16_000; now += 1000) {
    expect(pace.next(now, 0)).toBe('g');
    pace.polled(true, now);
  }
  expect(pace.next(18_000, 0)).toBe('s');
});
