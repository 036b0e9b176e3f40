import { expect, it } from 'vitest';
import { isOfYesterday, parseWhen } from '../../../src/lib/logs/when.js';

const now = new Date(2026, 10, 24, 12, 0, 0).getTime();

it.each([
  ['10m', now - 600_000],
  ['11:59', new Date(2026, 10, 24, 11, 59).getTime()],
  ['12:00:01', new Date(2026, 10, 23, 12, 0, 1).getTime()],
  ['2026-11-24T10:00:00Z', Date.parse('2026-11-24T10:00:00Z')],
  ['2026-11-24 10:00', new Date(2026, 10, 24, 10, 0).getTime()],
  ['2026-11-24T10:00:00.250', new Date(2026, 10, 24, 10, 0, 0, 250).getTime()],
  ['2026-11-24T14:30:00+08:00', Date.parse('2026-11-24T06:30:00Z')],
  ['2026-11-24 14:30 GMT', Date.parse('2026-11-24T14:30:00Z')],
  ['2026-11-24 14:30 EST', Date.parse('2026-11-24T19:30:00Z')],
  ['2024-02-29', new Date(2024, 1, 29).getTime()],
])('%s', (text, at) => {
  expect(parseWhen(text, '--since', now)).toBe(at);
});

it.each(['Asia/Shanghai', 'America/New_York', 'Pacific/Auckland'])(
  'a day begins at midnight of %s',
  (zone) => {
    const before = process.env.TZ;
    process.env.TZ = zone;
    try {
      const at = new Date(parseWhen('2026-11-29', '--since', now));
      expect([at.getDate(), at.getHours(), at.getMinutes()]).toEqual([29, 0, 0]);
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  },
);

it.each([
  '10',
  'yesterday',
  '25:00',
  '',
  '2026-99-99',
  '2026-02-30',
  '2026-02-29',
  '2026-11-31 10:00',
  '2026-11-24 24:00',
  '2026-11-24 10:00 -2000',
  '2026-11-24 and more',
])('refuses %j', (text) => {
  expect(() => parseWhen(text, '--since', now)).toThrow(/--since/);
});

it.each([
  ['12:00:01', true],
  ['11:59', false],
  ['2026-11-23', false],
  ['36h', false],
])('%s is a time of day that was taken for that of yesterday: %s', (text, wanted) => {
  expect(isOfYesterday(text, parseWhen(text, '--since', now), now)).toBe(wanted);
});
