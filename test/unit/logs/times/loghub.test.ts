import { expect, it } from 'vitest';
import { autoStamps } from '../../../../src/lib/logs/times/auto-stamps.js';
import { LINES, LOGHUB, linesOf, ZONE_MINUTES } from '../../../support/loghub-shapes.js';

const CONTEXT = { zoneMinutes: ZONE_MINUTES, nowMs: Date.parse('2026-11-24T12:00:00Z') };

it.each(LOGHUB)('the time of each of 2,000 lines as $name writes them is right', (shape) => {
  const read = autoStamps();
  const lines = linesOf(shape, 1);
  expect(lines).toHaveLength(LINES);
  const wrong = lines.flatMap(({ text, at }) => {
    const found = read(text, CONTEXT)?.at;
    return found === at || (found !== undefined && at !== undefined && Math.abs(found - at) < 0.01)
      ? []
      : [{ text, at, found }];
  });
  expect(wrong.slice(0, 3)).toEqual([]);
});
