import { describe, expect, it } from 'vitest';
import { momentOf } from '../../../src/commands/moment.js';
import { UsageError } from '../../../src/lib/errors.js';

const now = new Date('2026-11-23T10:00:00.000Z');

describe('a moment', () => {
  it.each([
    ['90m', '2026-11-23T08:30:00.000Z'],
    ['12h', '2026-11-22T22:00:00.000Z'],
    ['30d', '2026-10-24T10:00:00.000Z'],
    ['2w', '2026-11-09T10:00:00.000Z'],
    ['2026-11-20T10:00Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00:30+08:00', '2026-11-20T02:00:30.000Z'],
    ['2026-11-20T10:00', new Date(2026, 10, 20, 10).toISOString()],
  ])('%s is %s, whichever end it is', (text, expected) => {
    expect(momentOf('--since', text, now)).toBe(expected);
    expect(momentOf('--until', text, now)).toBe(expected);
  });

  it('that is a date is its first moment here, and as an end its last', () => {
    expect(momentOf('--since', '2026-11-20', now)).toBe(new Date(2026, 10, 20).toISOString());
    expect(momentOf('--until', '2026-12-31', now)).toBe(new Date(2027, 0, 1).toISOString());
  });

  it.each(['', '7', '7 d', '7y', 'yesterday', '2026-02-31', '2026-13-01', '2026-11-20T25:00', '999999d'])(
    'is not %j',
    (text) => {
      expect(() => momentOf('--since', text, now)).toThrow(UsageError);
    },
  );
});
