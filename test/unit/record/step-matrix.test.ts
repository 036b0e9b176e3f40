import { expect, it } from 'vitest';
import type { Plan, Stage } from '../../../src/lib/plan/plan.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { stepMatrix } from '../../../src/lib/record/step-matrix.js';
import { planOf } from '../ledger/fixture.js';

const stage = (id: string, step: string): Stage => ({
  ...{ id, title: id, pass: 'all', standby: [] },
  lanes: [{ name: 'ns-a', host: null, steps: [{ id: step, title: step, action: { kind: 'dns.set' } }] }],
});
const plan: Plan = planOf([], {
  stages: [stage('set', 'set')],
  wayBack: { when: 'on-failure', stages: [stage('back', 'restore')] },
});
const at = '2026-11-30T10:00:00.000Z';
const begun = (id: string, step: string): RunEvent => ({
  ...{ at, type: 'step-started', stage: id, lane: 'ns-a', step, undo: false, attempt: 1 },
});
const failed = (id: string, step: string): RunEvent => ({
  ...{ at, type: 'step-finished', stage: id, lane: 'ns-a', step, undo: false },
  result: { status: 'failed', failure: 'failed', message: 'refused', elapsedMs: 1, culprit: 'ns-a' },
});
const KINDS = { 'dns.set': { describe: () => '' } } as const;
const stepsOf = (events: readonly RunEvent[]) => {
  const { columns, rows } = stepMatrix(plan, events, KINDS, false);
  return columns.map(({ step }, index) => [step, rows[0]?.cells[index]?.state]);
};

it('the steps of the way back are shown once one of them was begun', () => {
  const forth = [begun('set', 'set'), failed('set', 'set')];
  expect(stepsOf(forth)).toEqual([['set', 'failed']]);
  expect(stepsOf([...forth, begun('back', 'restore'), failed('back', 'restore')])).toEqual([
    ['set', 'failed'],
    ['restore', 'failed'],
  ]);
});
