import { expect, it } from 'vitest';
import type { Plan, Stage } from '../../../src/lib/plan/plan.js';
import type { RunEvent, StepResult } from '../../../src/lib/record/events.js';
import { summarize } from '../../../src/lib/record/result.js';
import { planOf } from '../ledger/fixture.js';

const stage = (id: string): Stage => ({
  ...{ id, title: id, pass: 'all', standby: [] },
  lanes: [{ name: '/d.py', host: null, steps: [{ id: 'set', title: 'set', action: { kind: 'dns.set' } }] }],
});
const plan: Plan = planOf([], { stages: [stage('one'), stage('two')] });
const done: StepResult = { status: 'done', changed: true, message: 'old answers for 5s', elapsedMs: 1 };
const finished = (id: string, result: StepResult): RunEvent => ({
  ...{
    at: '2026-11-30T10:00:00.000Z',
    type: 'step-finished',
    stage: id,
    lane: '/d.py',
    step: 'set',
    undo: false,
  },
  result,
});

it('the steps of a lane without a host count, and tell what stays', () => {
  const kinds = { 'dns.set': { describe: () => '', tellsWhatStays: true } } as const;
  const half = summarize(plan, [finished('one', done)], kinds);
  expect(half.hosts).toMatchObject([
    { host: '/d.py', room: '', stepsDone: 1, stepsTotal: 2, state: 'unfinished' },
  ]);
  const whole = summarize(plan, [finished('one', done), finished('two', { ...done, message: '' })], kinds);
  expect(whole).toMatchObject({ done: 1, hosts: [{ state: 'done', message: 'old answers for 5s' }] });
});
