import { expect, test } from 'vitest';
import { HeadCapture, TailCapture } from '../../../src/lib/ssh/output-capture.js';

const chunks = ['abc', '', 'def', 'ghi'];

test.each([
  [0, '', '', true],
  [1, 'a', 'i', true],
  [4, 'abcd', 'fghi', true],
  [9, 'abcdefghi', 'abcdefghi', false],
  [99, 'abcdefghi', 'abcdefghi', false],
])('%s bytes are kept', (limit, head, tail, truncated) => {
  const first = new HeadCapture(limit);
  const last = new TailCapture(limit);
  for (const chunk of chunks) {
    first.add(Buffer.from(chunk));
    last.add(Buffer.from(chunk));
  }
  expect([first.text(), first.truncated]).toEqual([head, truncated]);
  expect([last.text(), last.truncated]).toEqual([tail, truncated]);
});

test('a flood through a small tail', () => {
  const tail = new TailCapture(10);
  for (let n = 0; n < 50_000; n++) tail.add(Buffer.from(`${n}\n`));
  expect(tail.text()).toBe('998\n49999\n');
});

test('a chunk that changes afterwards changes nothing here', () => {
  const chunk = Buffer.from('abc');
  const head = new HeadCapture(9);
  const tail = new TailCapture(9);
  head.add(chunk);
  tail.add(chunk);
  chunk.fill('x');
  expect([head.text(), tail.text()]).toEqual(['abc', 'abc']);
});
