import { expect, it } from 'vitest';
import { FrameReader } from '../../../src/lib/logs/frames.js';

const MARK = '\u001eTOKEN ';
const SAID = [
  `${MARK}H 1795514400.5 +0530\n`,
  `${MARK}N missing 0 /var/log/no such\n`,
  `${MARK}D 1_2_3 10 /var/log/a b.log\n`,
  `half a line\n${'\u001e'}OTHER E 1_2_3 99 99\nno end`,
  `${MARK}E 1_2_3 70 80\n`,
  `${MARK}S 1_2_3 90 7\n`,
  `${MARK}F 1_2_3\n`,
  `${MARK}P 1\n`,
].join('');

it.each([1, 3, 7, 1000])('reads the same from pieces of %i bytes', (size) => {
  const reader = new FrameReader('TOKEN', 'web-b-01');
  const bytes = Buffer.from(SAID);
  const frames = [];
  for (let at = 0; at < bytes.length; at += size) frames.push(...reader.read(bytes.subarray(at, at + size)));
  expect(frames).toEqual([
    { kind: 'hello', clockMs: 1_795_514_400_500, zoneMinutes: 330 },
    { kind: 'notice', what: 'missing', offset: 0, path: '/var/log/no such' },
    {
      kind: 'data',
      id: '1_2_3',
      offset: 10,
      path: '/var/log/a b.log',
      bytes: Buffer.from('half a line\n\u001eOTHER E 1_2_3 99 99\nno end'),
      end: '70 80',
    },
    { kind: 'skipped', id: '1_2_3', offset: 90, lines: 7 },
    { kind: 'forgotten', id: '1_2_3' },
    { kind: 'polled', more: true },
  ]);
});

it('gives out nothing of data whose end did not come', () => {
  const reader = new FrameReader('TOKEN', 'web-b-01');
  expect(reader.read(Buffer.from(`${MARK}D 1 0 /a\nline\n`))).toEqual([]);
});

it('takes an end without a beginning for what it is', () => {
  expect(() => new FrameReader('TOKEN', 'web-b-01').read(Buffer.from(`${MARK}E 1 0 0\n`))).toThrow(
    /did not begin/,
  );
});
