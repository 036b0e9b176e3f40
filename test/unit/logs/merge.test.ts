import { describe, expect, it } from 'vitest';
import { Merge } from '../../../src/lib/logs/merge.js';
import { random as randomOf } from '../../support/random.js';

interface Line {
  readonly key: number;
  readonly stream: number;
  readonly number: number;
}

const OPTIONS = { windowMs: 500, patienceMs: 5000, maxLines: 1_000_000 };

describe.each(Array.from({ length: 30 }, (_, seed) => seed))('with random delays, seed %i,', (seed) => {
  const random = randomOf(seed);
  const merge = new Merge<Line>(OPTIONS);
  const streams = Array.from({ length: 1 + Math.floor(random() * 12) }, () => merge.open());
  const written: Line[] = [];
  const given: Line[] = [];
  const numbers = streams.map(() => 0);
  const onTheWay: { at: number; stream: number; lines: Line[] }[] = [];
  for (let now = 0; now < 6000; now += 10) {
    for (const [stream] of streams.entries()) {
      if (now >= 5000 || random() < 0.5) continue;
      const lines = Array.from({ length: Math.floor(random() * 4) }, () => {
        const number = (numbers[stream] ?? 0) + 1;
        numbers[stream] = number;
        return { key: now, stream, number };
      });
      written.push(...lines);
      // What is on the way does not overtake what left before it.
      const before = onTheWay.findLast((each) => each.stream === stream)?.at ?? 0;
      onTheWay.push({ at: Math.max(before, now + random() * 450), stream, lines });
    }
    for (const each of onTheWay.filter(({ at }) => at <= now)) {
      streams[each.stream]?.add(each.lines, now);
      onTheWay.splice(onTheWay.indexOf(each), 1);
    }
    given.push(...merge.take(now));
  }
  given.push(...merge.take(6000, true));

  it('every line comes out once', () => {
    const name = ({ stream, number }: Line) => `${stream}/${number}`;
    expect(given.map(name).sort()).toEqual(written.map(name).sort());
  });

  it('lines that came within the window are in the order of their times', () => {
    const keys = given.map(({ key }) => key);
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
  });

  it('no stream is put out of its order', () => {
    for (const [stream] of streams.entries()) {
      const own = given.filter((line) => line.stream === stream).map(({ number }) => number);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });
});

const line = (key: number, stream = 0, number = 0): Line => ({ key, stream, number });

it('keeps a line until its window is over, and no longer', () => {
  const merge = new Merge<Line>(OPTIONS);
  merge.open().add([line(1)], 1000);
  expect(merge.take(1499)).toEqual([]);
  expect(merge.take(1500)).toEqual([line(1)]);
});

it('holds nothing back for a stream whose clock is an hour behind, nor that stream itself', () => {
  const merge = new Merge<Line>(OPTIONS);
  merge.open().add([line(10_000)], 1000);
  merge.open().add([line(10_000 - 3_600_000)], 1200);
  expect(merge.take(1500).map(({ key }) => key)).toEqual([10_000 - 3_600_000, 10_000]);
});

it('keeps lines of equal time of one stream together', () => {
  const merge = new Merge<Line>(OPTIONS);
  const [a, b] = [merge.open(), merge.open()];
  a.add([line(5, 0, 1), line(5, 0, 2)], 0);
  b.add([line(5, 1, 1), line(5, 1, 2)], 0);
  expect(merge.take(500).map(({ stream }) => stream)).toEqual([0, 0, 1, 1]);
});

it('a time that goes back in a stream does not change its order', () => {
  const merge = new Merge<Line>(OPTIONS);
  merge.open().add([line(5, 0, 1), line(3, 0, 2)], 0);
  expect(merge.take(500).map(({ number }) => number)).toEqual([1, 2]);
});

it('waits for a stream that has older lines yet, with patience that ends', () => {
  const merge = new Merge<Line>(OPTIONS);
  const [ahead, behind] = [merge.open(), merge.open()];
  ahead.add([line(100)], 0);
  behind.expectMore(true, 0);
  expect(merge.take(4999)).toEqual([]);
  behind.add([line(50)], 4999);
  expect(merge.take(5499).map(({ key }) => key)).toEqual([50]);
  expect(merge.take(9998)).toEqual([]);
  expect(merge.take(10_000).map(({ key }) => key)).toEqual([100]);
});

it('gives out the oldest when there are more lines than it may hold', () => {
  const merge = new Merge<Line>({ ...OPTIONS, maxLines: 2 });
  merge.open().add([line(1), line(4)], 0);
  merge.open().add([line(2), line(3)], 0);
  expect(merge.take(0).map(({ key }) => key)).toEqual([1, 2]);
  expect(merge.waiting).toBe(2);
});

it('tells of lines that come out after newer ones, and by how much', () => {
  const late: [number, number][] = [];
  const merge = new Merge<Line>({ ...OPTIONS, onLate: ({ key }, lateMs) => late.push([key, lateMs]) });
  const [a, b] = [merge.open(), merge.open()];
  a.add([line(5000), line(6000)], 0);
  merge.take(600);
  b.add([line(4000), line(7000)], 600);
  merge.take(1200);
  expect(late).toEqual([[4000, 2000]]);
});

it('waits without end for what is expected, with patience for ever', () => {
  const merge = new Merge<Line>({ ...OPTIONS, patienceMs: Number.POSITIVE_INFINITY });
  const [slow, fast] = [merge.open(), merge.open()];
  slow.expectMore(true, 0);
  fast.add([line(2)], 0);
  expect(merge.take(3_600_000)).toEqual([]);
  slow.add([line(1)], 3_600_000);
  slow.expectMore(false, 3_600_000);
  expect(merge.take(3_601_000).map(({ key }) => key)).toEqual([1, 2]);
});
