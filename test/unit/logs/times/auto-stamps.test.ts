import { describe, expect, it } from 'vitest';
import { autoStamps } from '../../../../src/lib/logs/times/auto-stamps.js';
import { leastCpuMs } from '../../../support/cpu-time.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const shanghai = { zoneMinutes: 480, nowMs: NOW };
const utc = { zoneMinutes: 0, nowMs: NOW };

describe('times are found in', () => {
  it.each([
    ['2026-11-24T10:00:00.123Z INFO', '2026-11-24T10:00:00.123Z'],
    ['2026-11-24T10:00:00.123456+0800 web-a-01 shop[7]: x', '2026-11-24T02:00:00.123Z'],
    ['2026-11-24T10:00:00-05:30 x', '2026-11-24T15:30:00.000Z'],
    ['2026-11-24 10:00:00,250 ERROR x', '2026-11-24T02:00:00.250Z'],
    ['[2026-11-24 10:00:00 UTC] x', '2026-11-24T10:00:00.000Z'],
    ['2026/11/24 10:00:00 [error] 7#7: nginx', '2026-11-24T02:00:00.000Z'],
    ['INFO  2026-11-24 10:00:00.5 x', '2026-11-24T02:00:00.500Z'],
    ['Nov 24 10:00:00 web-a-01 sshd[7]: x', '2026-11-24T02:00:00.000Z'],
    ['<34>Nov  4 10:00:00 web-a-01 su: x', '2026-11-04T02:00:00.000Z'],
    // No year stands there: December is of last year.
    ['Dec 31 10:00:00 web-a-01 sshd[7]: x', '2025-12-31T02:00:00.000Z'],
    ['10.0.0.1 - - [24/Nov/2026:10:00:00 +0800] "GET / HTTP/1.1" 200 5', '2026-11-24T02:00:00.000Z'],
    ['1795514400.250 x', '2026-11-24T10:00:00.250Z'],
    ['1795514400250 x', '2026-11-24T10:00:00.250Z'],
    ['{"level":"info","ts":1795514400.25,"msg":"x"}', '2026-11-24T10:00:00.250Z'],
    ['{"@timestamp":"2026-11-24T10:00:00Z","time":"no"}', '2026-11-24T10:00:00.000Z'],
    ['{"time": 1795514400250}', '2026-11-24T10:00:00.250Z'],
    ['2026-11-24 10:00:00 GMT x', '2026-11-24T10:00:00.000Z'],
    ['2026-11-24 05:00:00 EST x', '2026-11-24T10:00:00.000Z'],
    ['2026-11-24 10:00:00 +03 x', '2026-11-24T07:00:00.000Z'],
    ['2026-11-24 00:00:00 +14:00 x', '2026-11-23T10:00:00.000Z'],
    // No zone is so far from UTC: the host's own is meant.
    ['2026-11-24 10:00:00 -2000 rows', '2026-11-24T02:00:00.000Z'],
  ])('%s', (line, iso) => {
    const stamp = autoStamps()(line, shanghai);
    expect(stamp && new Date(stamp.at).toISOString()).toBe(iso);
  });

  it.each([
    '',
    'no time at all',
    '    at Shop.buy (shop.py:7) 2026-11-24T10:00:00Z',
    '\tat 2026-11-24T10:00:00Z',
    '2026-13-24T10:00:00Z month 13',
    '2026-11-24T10:61:00Z minute 61',
    'Foo 24 10:00:00 no month',
    '12345 a small number',
    '{"msg":"2026"}',
    '{"msg":"at 2026-11-24T10:00:00Z"}',
  ])('not in %j', (line) => {
    expect(autoStamps()(line, utc)).toBeUndefined();
  });
});

it('says where the time stands, so that it can be taken off', () => {
  const line = '[2026-11-24T10:00:00Z] hello';
  const stamp = autoStamps()(line, utc);
  expect(line.slice(stamp?.start, stamp?.end)).toBe('2026-11-24T10:00:00Z');
});

it('finds the second kind of time of a log after the first', () => {
  const read = autoStamps();
  expect(read('Nov 24 10:00:00 h x', utc)?.at).toBe(Date.parse('2026-11-24T10:00:00Z'));
  expect(read('2026-11-24T10:00:01Z x', utc)?.at).toBe(Date.parse('2026-11-24T10:00:01Z'));
});

it.each(['[', '(', '{', '{"a":', '-', 'x', '1 ', '\\"', '{"\\', 'a=b ', '"', '<1>', '[1] ', '{"t":{'])(
  'takes no longer for a line made of %j than for others of its length',
  (piece) => {
    const lines = [piece, `{"a":"${piece}`, `{"a":${piece}`].map((head) => head + piece.repeat(16_384));
    const read = autoStamps();
    const readAll = () => {
      for (let count = 0; count < 20; count++) for (const line of lines) read(line.slice(0, 16_384), utc);
    };
    // Some ms; who looks at each character anew for every other one takes hours.
    expect(leastCpuMs(readAll, 1)).toBeLessThan(2000);
  },
);
