import { parseDuration } from '../config/duration.js';
import { UsageError } from '../errors.js';

/**
 * A point in time, in milliseconds since the epoch: `10m` (ago), `14:30` or `14:30:05` (the last time it was so late here), or
 * ISO 8601.
 *
 * @throws {UsageError} when it is none of them
 */
export function parseWhen(text: string, flag: string, nowMs: number): number {
  const ago = parseDuration(text);
  if ('ms' in ago) return nowMs - ago.ms;
  const [, hour, minute, second = '0'] = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60) {
    const at = new Date(nowMs);
    at.setHours(Number(hour), Number(minute), Number(second), 0);
    if (at.getTime() > nowMs) at.setDate(at.getDate() - 1);
    return at.getTime();
  }
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new UsageError(
    `${flag} ${JSON.stringify(text)} is no time`,
    'for example: 10m (ago), 14:30, 2026-11-24T14:30:00+08:00',
  );
}
