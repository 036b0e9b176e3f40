import { describe, expect, it } from 'vitest';
import { formatStamps } from '../../../../src/lib/logs/times/format-stamps.js';

const utc = { zoneMinutes: 0, nowMs: Date.parse('2026-11-24T12:00:00Z') };

function timeOf(format: string, line: string, context = utc): string | undefined {
  const stamp = formatStamps(format)(line, context);
  return stamp && new Date(stamp.at).toISOString();
}

describe('--time-format', () => {
  it.each([
    ['%d.%m.%Y %H:%M:%S', 'x 24.11.2026 10:00:00 y', '2026-11-24T10:00:00.000Z'],
    ['%d/%b/%y %H:%M:%S.%f %z', '24/Nov/26 10:00:00.5 +0800', '2026-11-24T02:00:00.500Z'],
    ['t=%s.%f', 't=1795514400.25', '2026-11-24T10:00:00.250Z'],
    ['%e %H:%M', '100%(24 10:00', '2026-11-24T10:00:00.000Z'],
    ['%F %T', '2026-11-24 10:00:00', '2026-11-24T10:00:00.000Z'],
    ['%FT%R %Z', '2026-11-24T10:00 GMT', '2026-11-24T10:00:00.000Z'],
    ['%F %T %Z', '2026-11-24 05:00:00 EST', '2026-11-24T10:00:00.000Z'],
    ['%F %T %z', '2026-11-24 18:00:00 +08', '2026-11-24T10:00:00.000Z'],
    ['%Y-%m-%d %H:%M:%S %z', '2026-11-24 13:00:00 +03', '2026-11-24T10:00:00.000Z'],
    ['%d. %B %Y %H:%M', '24. November 2026 10:00', '2026-11-24T10:00:00.000Z'],
    ['%a %Y-%m-%d %H:%M', 'Tue 2026-11-24 10:00', '2026-11-24T10:00:00.000Z'],
    ['%Y-%m-%d %I:%M %p', '2026-11-24 10:00 PM', '2026-11-24T22:00:00.000Z'],
    ['%Y-%m-%d %H:%M %Z', '2026-11-24 05:00 EST', '2026-11-24T10:00:00.000Z'],
    ['%a %d %B %Y %I:%M:%S %p', 'Tue 24 November 2026 10:00:00 PM', '2026-11-24T22:00:00.000Z'],
    ['%d-%b-%Y %I.%M %p', '24-NOV-2026 12.30 am', '2026-11-24T00:30:00.000Z'],
    ['%Y/%j %T', '2026/328 10:00:00', '2026-11-24T10:00:00.000Z'],
    ['%%F %F %T', '%F 2026-11-24 10:00:00', '2026-11-24T10:00:00.000Z'],
  ])('%s reads %s', (format, line, iso) => {
    expect(timeOf(format, line)).toBe(iso);
  });

  it.each([
    ['%m-%d %T', '12-31 10:00:00', '2025-12-31T10:00:00.000Z'],
    ['%b %d %T', 'Nov 25 10:00:00', '2026-11-25T10:00:00.000Z'],
    ['%b %d %T', 'Nov 26 10:00:00', '2025-11-26T10:00:00.000Z'],
    ['%b %d %T', 'Feb 29 10:00:00', '2024-02-29T10:00:00.000Z'],
    ['%d %T', '24 10:00:00', '2026-11-24T10:00:00.000Z'],
    ['%d %T', '30 10:00:00', '2026-10-30T10:00:00.000Z'],
    ['%d %T', '31 10:00:00', '2026-10-31T10:00:00.000Z'],
    ['%j %T', '360 10:00:00', '2025-12-26T10:00:00.000Z'],
    ['%b %d %H:%M:%S', 'Dec 31 10:00:00', '2025-12-31T10:00:00.000Z'],
    ['%m-%d %H:%M', '12-31 10:00', '2025-12-31T10:00:00.000Z'],
  ])('%s reads %s, of which something is missing, as the last such time', (format, line, iso) => {
    expect(timeOf(format, line)).toBe(iso);
  });

  it('knows that it is next year already where the host is', () => {
    const newYear = { zoneMinutes: 480, nowMs: Date.parse('2026-12-31T20:00:00Z') };
    expect(timeOf('%b %d %T', 'Jan 01 04:00:00', newYear)).toBe('2026-12-31T20:00:00.000Z');
    expect(timeOf('%b %d %T', 'Dec 31 23:00:00', newYear)).toBe('2026-12-31T15:00:00.000Z');
  });

  it.each([
    ['%F %T', '2026-02-30 10:00:00'],
    ['%F %T', '2026-02-29 10:00:00'],
    ['%F %T', '2026-11-26 10:00:00'],
    ['%F %T', '12026-11-24 10:00:00'],
    ['%Y-%m-%d %H:%M:%S', '2026-02-30 10:00:00'],
    ['%Y-%m-%d %H:%M:%S', '2026-11-26 10:00:00'],
    ['%Y-%m-%d %H:%M:%S %z', '2026-11-24 10:00:00 -2000 rows'],
    ['%F %T %z', '2026-11-24 10:00:00 -2000 rows'],
    ['%Y/%j %T', '2026/366 10:00:00'],
    ['%F %I:%M %p', '2026-11-24 13:00 PM'],
  ])('%s finds no time in %s', (format, line) => {
    expect(timeOf(format, line)).toBeUndefined();
  });

  it.each(['%Q', '%H %H', '%F %Y %H', '%m %b %d %H', 'none', '%Y-%m', '%F %I:%M', '%T'])(
    'refuses %s',
    (format) => {
      expect(() => formatStamps(format)).toThrow(/--time-format/);
    },
  );
});
