import { expect, it } from 'vitest';
import { parseWhen } from '../../../src/lib/logs/when.js';

const now = new Date(2026, 10, 24, 12, 0, 0).getTime();

it.each([
  ['10m', now - 600_000],
  ['11:59', new Date(2026, 10, 24, 11, 59).getTime()],
  ['12:00:01', new Date(2026, 10, 23, 12, 0, 1).getTime()],
  ['2026-11-24T10:00:00Z', Date.parse('2026-11-24T10:00:00Z')],
  ['2026-11-24 10:00', new Date(2026, 10, 24, 10, 0).getTime()],
])('%s', (text, at) => {
  expect(parseWhen(text, '--since', now)).toBe(at);
});

it.each(['10', 'yesterday', '25:00', '', '2026-99-99'])('refuses %j', (text) => {
  expect(() => parseWhen(text, '--since', now)).toThrow(/--since/);
});
