import { expect, it } from 'vitest';
import type { Plan } from '../../../../src/lib/plan/plan.js';
import type { RunEvent, StepResult } from '../../../../src/lib/record/events.js';
import { renderWhereabouts } from '../../../../src/lib/ui/run/whereabouts.js';
import { planOf, stageOf } from '../../ledger/fixture.js';

const HOST = 'web-a-01';
const DONE: StepResult = { status: 'done', changed: true, message: '', elapsedMs: 1 };
const UNKNOWN: StepResult = { status: 'unknown', message: '', culprit: HOST, elapsedMs: 1 };
const ACTIONS = [
  { kind: 'traffic.leave' },
  { kind: 'unit.stop', unit: 'shop.service' },
  { kind: 'traffic.member', wanted: 'in' },
];

/** A restart of one host whose steps ended so; null: we died in it. */
function whereIs(...ends: readonly (StepResult | null)[]): string {
  const steps = ['leave', 'stop', 'join'];
  const stage = stageOf('restart', [HOST], steps);
  const lanes = stage.lanes.map((lane) => ({
    ...lane,
    steps: lane.steps.map((step, index) => ({ ...step, action: ACTIONS[index] })),
  }));
  const plan = planOf([], { kind: 'restart', stages: [{ ...stage, lanes }] as never }) as Plan;
  const events = ends.flatMap((result, index): RunEvent[] => {
    const address = { stage: stage.id, lane: HOST, step: steps[index] ?? '', undo: false };
    const at = '2026-11-30T12:00:00.000Z';
    const started = { at, type: 'step-started', attempt: 1, ...address } as const;
    return result === null ? [started] : [started, { at, type: 'step-finished', result, ...address }];
  });
  return renderWhereabouts(plan, events).replace(/ {2,}/, ': ');
}

it('a host is out of traffic until it may have been brought back', () => {
  expect(whereIs(DONE)).toBe(`out of traffic: ${HOST}`);
  expect(whereIs(DONE, null)).toBe(`out of traffic: ${HOST}`);
  expect(whereIs(DONE, DONE, null)).toBe(`perhaps out of traffic: ${HOST}`);
  expect(whereIs(DONE, DONE, UNKNOWN)).toBe(`perhaps out of traffic: ${HOST}`);
  expect(whereIs(DONE, DONE, DONE)).toBe(`restarted: ${HOST}`);
  expect(whereIs(null)).toBe(`perhaps out of traffic: ${HOST}`);
});
