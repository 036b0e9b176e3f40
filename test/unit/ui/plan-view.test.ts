import { expect, it } from 'vitest';
import { renderPlan } from '../../../src/lib/ui/plan-view.js';
import { samplePlan } from './sample-plan.js';

it('shows hosts folded, a line per step, the bytes, standby hosts, notes and refusals', () => {
  const plan = {
    ...samplePlan(20, 4),
    risks: [
      { level: 'note' as const, message: 'the template host is in room A' },
      { level: 'refuse' as const, message: 'the pool has 3 hosts\x1b[2J' },
    ],
  };
  expect(renderPlan(plan)).toBe(`scale shop/web in room B by 20 hosts

expand (20 hosts)
  on       new-b-[1-20]
  standby  new-b-[21-24]
   1. connect  check debian, x86_64, 4.0 MB of free disk
   2. copy     2.0 MB, 1.0 MB packed, /opt/shop, from web-b-1, from host to host
   3. start    shop.service started

Note: the template host is in room A
Refused: the pool has 3 hosts`);
});

it('tells batches and how many hosts may fail, next to the question', () => {
  const budgets = { failed: 0, unreachable: 5, unhealthy: 2 };
  const plan = { ...samplePlan(20), batches: [1, 5, 4, 4, 4, 2], budgets };
  expect(renderPlan(plan).split('\n').slice(-3)).toEqual([
    '',
    'batches  1, 5, 4 (3 times), 2: each comes through before the next begins',
    'stops    after more than 0 failed, 5 unreachable, 2 unhealthy',
  ]);
});

it('cuts steps to the width, never a refusal', () => {
  const refusal = `Refused: ${'because '.repeat(20)}`.trim();
  const plan = { ...samplePlan(1), risks: [{ level: 'refuse' as const, message: refusal.slice(9) }] };
  const lines = renderPlan(plan, { width: 40 }).split('\n');
  for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(40);
  expect(lines.at(-1)).toBe(refusal);
});
