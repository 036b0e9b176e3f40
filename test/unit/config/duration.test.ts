import { expect, it } from 'vitest';
import { parseDuration } from '../../../src/lib/config/duration.js';

it.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['1.5s', 1500],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['1m30s', 90_000],
])('%s', (text, ms) => {
  expect(parseDuration(text)).toEqual({ ms });
});

it.each([
  ['10', '10 has no unit; write 10s or 10ms'],
  ['', '"" is no duration such as 500ms, 10s, 15m or 1h'],
  ['-5s', '"-5s" is no duration such as 500ms, 10s, 15m or 1h'],
  ['5 s', '"5 s" is no duration such as 500ms, 10s, 15m or 1h'],
  ['5S', '"5S" is no duration such as 500ms, 10s, 15m or 1h'],
  ['1e3s', '"1e3s" is no duration such as 500ms, 10s, 15m or 1h'],
  ['0s', '0s is too short; the least is 1ms'],
  ['8d', '8d is too long; the most is 7d'],
])('refuses %j', (text, problem) => {
  expect(parseDuration(text)).toEqual({ problem });
});
