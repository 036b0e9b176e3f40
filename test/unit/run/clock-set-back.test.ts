import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { workedMs } from '../../../src/lib/record/result.js';
import { FanOutView } from '../../../src/lib/ui/exec/fanout-view.js';
import { RunLines } from '../../../src/lib/ui/run/run-lines.js';
import { samplePlan } from '../ui/sample-plan.js';

afterEach(() => {
  vi.useRealTimers();
});

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 10, minute)).toISOString();
const begin = (minute: number, resumed = false): RunEvent => ({
  at: at(minute),
  type: 'operation-started',
  operator: 'li',
  resumed,
});
const end = (minute: number): RunEvent => ({
  at: at(minute),
  type: 'operation-finished',
  state: 'failed',
  message: '',
});
const MINUTE = 60_000;

it.each([
  ['to an end', [begin(0), end(5)], undefined, 5],
  ['until now', [begin(0)], 7, 7],
  ['in two runs with a pause', [begin(0), end(5), begin(60, true), end(62)], undefined, 7],
  ['with an end by somebody who closed it', [begin(0), end(5), end(90)], undefined, 5],
  ['over a clock that was set back by two hours', [begin(0), end(5 - 120)], undefined, 0],
  ['over one that was set back in the middle', [begin(0), begin(4 - 120, true), end(9 - 120)], undefined, 5],
  ['until a now before its beginning', [begin(0)], -120, 0],
] as const)('the time that was worked is told %s', (_how, events, now, minutes) => {
  const until = now === undefined ? undefined : new Date(at(now));
  expect(workedMs(events, until)).toBe(minutes * MINUTE);
});

it('a clock that is set back two hours changes no length on the screen', () => {
  vi.useFakeTimers({ now: Date.parse(at(0)) });
  const lines: string[] = [];
  const view = new RunLines(samplePlan(1), [], (line) => lines.push(line));
  const fanOut = new FanOutView(1, false);
  const step = { stage: 'expand', lane: 'new-b-1', step: 'connect', undo: false } as const;
  view.listener({ at: at(0), type: 'step-started', attempt: 1, ...step });
  vi.setSystemTime(Date.parse(at(-120)));
  vi.advanceTimersByTime(40_000);
  fanOut.done();
  view.done();
  expect(lines.at(-1)).toMatch(/still running after 3\d\.0s/);
  expect(fanOut.elapsedMs).toBe(40_000);
});

/** Where the time of day is what is wanted: stamps of logs and of the ledger, the age of a file, a host's clock. */
const TIME_OF_DAY = [/^logs\//, /^host\/clock\.ts$/, /^copy\/archive-spool\.ts$/];

it('lengths are taken from a clock that nobody sets', () => {
  const files = readdirSync('src/lib', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const users = files.filter((name) => readFileSync(join('src/lib', name), 'utf8').includes('Date.now()'));
  expect(users.filter((name) => !TIME_OF_DAY.some((allowed) => allowed.test(name)))).toEqual([]);
});
