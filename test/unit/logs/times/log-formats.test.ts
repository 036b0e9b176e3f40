import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { autoStamps } from '../../../../src/lib/logs/times/auto-stamps.js';

interface Cases {
  readonly formats: readonly { readonly name: string; readonly line: string; readonly at: string }[];
  readonly none: readonly string[];
}

const FILE = new URL('../../../cases/log-formats.yaml', import.meta.url);
const { formats, none }: Cases = parse(readFileSync(FILE, 'utf8'));
const CONTEXT = { zoneMinutes: 480, nowMs: Date.parse('2026-11-24T12:00:00Z') };

/** Of `10:00:00.123456` in milliseconds, as Date.parse leaves out what is less. */
function msOf(clock: string): number {
  const [whole, fraction = ''] = clock.split('.');
  return Date.parse(`2026-11-24T${whole}Z`) + Number(`0.${fraction || 0}`) * 1000;
}

describe('the time is right that is written by', () => {
  it.each(formats)('$name', ({ line, at }) => {
    const found = autoStamps()(line, CONTEXT);
    expect(found?.at).toBeCloseTo(msOf(at), 2);
  });
});

it.each(none)('no time is found in %j', (line) => {
  expect(autoStamps()(line, CONTEXT)).toBeUndefined();
});

it('they are sixty at least, each of them once, and any of them may follow another', () => {
  expect(new Set(formats.map(({ name }) => name)).size).toBe(formats.length);
  expect(formats.length).toBeGreaterThanOrEqual(60);
  const read = autoStamps();
  for (const { line, at, name } of [...formats, ...formats.toReversed()])
    expect(read(line, CONTEXT)?.at, name).toBeCloseTo(msOf(at), 2);
});
