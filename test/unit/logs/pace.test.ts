import { expect, it } from 'vitest';
import { MAX_WAITING, Pace } from '../../../src/lib/logs/pace.js';

function live(maxRate = 100): Pace {
  const pace = new Pace(maxRate);
  pace.restart();
  expect(pace.next(1000, 0)).toBe('g');
  pace.polled('all', 1000);
  return pace;
}

it('asks at once while there is more, and by and by when there is not', () => {
  const pace = new Pace(100);
  pace.restart();
  expect(pace.next(1000, 0)).toBe('g');
  pace.polled('behind', 1000);
  expect(pace.next(1001, 0)).toBe('g');
  pace.polled('all', 1001);
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
  pace.polled('behind', 1400);
  expect(pace.next(1500, 0)).toBeTypeOf('number');
  expect(pace.next(2000, 0)).toBe('s');
  pace.polled('all', 2001);
  expect(pace.next(2400, 0)).toBe('g');
});

it('takes an answer that is late for no flood: its lines were written over all that time', () => {
  const pace = live(100);
  expect(pace.next(1400, 0)).toBe('g');
  pace.took(300);
  pace.polled('behind', 6400);
  expect(pace.next(6401, 0)).toBe('g');
  pace.took(230);
  pace.polled('all', 6500);
  expect(pace.next(6501, 0)).toBeTypeOf('number');
  expect(pace.next(6800, 0)).toBe('g');
  pace.took(500);
  pace.polled('all', 6900);
  expect(pace.next(7600, 0)).toBe('s');
});

it('reads on after an answer that took longer than a view may be behind', () => {
  const pace = live(100);
  expect(pace.next(1400, 0)).toBe('g');
  pace.polled('all', 20_000);
  expect(pace.next(20_001, 0)).toBe('g');
});

it('is not behind in a busy log of a slow host, of which it reads in each round all that it knew of', () => {
  const pace = live(100);
  for (let now = 2000; now < 60_000; now += 1000) {
    expect(pace.next(now, 0)).toBe('g');
    pace.took(90);
    pace.polled('known', now + 900);
  }
});

it('owes all that was written while a link was cut, however much it is', () => {
  const pace = live(100);
  pace.restart();
  for (let now = 10_000; now < 60_000; now += 100) {
    expect(pace.next(now, 0)).toBe('g');
    pace.took(1000);
    pace.polled('behind', now);
  }
});

it('skips to the end when the output has been too slow for too long', () => {
  const pace = live(Number.POSITIVE_INFINITY);
  for (let now = 2000; now < 16_000; now += 1000) {
    expect(pace.next(now, 0)).toBe('g');
    pace.polled('behind', now);
  }
  expect(pace.next(18_000, 0)).toBe('s');
});
