import { expect, it } from 'vitest';
import { sayReading } from '../../../src/commands/scale/say-reading.js';

function reading(sizeBytes: number, reads: readonly [second: number, bytes: number][]): string[] {
  const lines: string[] = [];
  let nowMs = 0;
  const watch = sayReading(
    'shop',
    'web-a-01',
    (line) => lines.push(line),
    () => nowMs,
  );
  watch.onSize(sizeBytes);
  for (const [second, bytes] of reads) {
    nowMs = second * 1000;
    watch.onRead(bytes);
  }
  return lines;
}

it('is silent where it takes a few seconds', () => {
  expect(reading(20e6, [[1, 10e6]])).toEqual([]);
});

it('says how far it is and how long it takes, each time after twice the wait', () => {
  const every = Array.from({ length: 60 }, (_, index): [number, number] => [index + 1, (index + 1) * 1e9]);
  expect(reading(60e9, every)).toEqual([
    'reading the files of shop on web-a-01, 60.0 GB: this takes a while',
    'read 10.0 GB of 60.0 GB on web-a-01, about 50.0s left',
    'read 30.0 GB of 60.0 GB on web-a-01, about 30.0s left',
  ]);
});

it('promises nothing where more is read than was thought', () => {
  expect(reading(20e6, [[11, 40e6]])).toEqual(['read 40.0 MB of 40.0 MB on web-a-01']);
});
