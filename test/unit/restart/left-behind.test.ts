import { expect, it } from 'vitest';
import type { Action } from '../../../src/lib/actions.js';
import type { OperationRecord } from '../../../src/lib/ledger/ledger.js';
import type { Plan, Step } from '../../../src/lib/plan/plan.js';
import { step } from '../../../src/lib/plan/step.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { leftOutBy, type Operations, wasStoppedByRestart } from '../../../src/lib/restart/left-behind.js';
import { finished, planOf, stageOf, started } from '../ledger/fixture.js';

const HOST = 'web-b-01';
const DONE = { status: 'done', changed: true, message: '', elapsedMs: 1 } as const;
const FAILED = { status: 'failed', failure: 'failed', message: '', culprit: HOST, elapsedMs: 1 } as const;
const done = (...steps: readonly string[]) =>
  steps.flatMap((step) => [started(HOST, step), finished(HOST, step, DONE)]);
const OUT = done('leave', 'stop');
const BACK = done('leave', 'stop', 'join');
const UNDONE: RunEvent[] = [
  ...done('leave'),
  started(HOST, 'stop'),
  finished(HOST, 'stop', FAILED),
  { ...finished(HOST, 'leave', DONE), undo: true },
];

const server = { balancer: 'lb-b', control: 'haproxy:/s', backend: 'shop', name: HOST, address: '', port: 1 };
const unit = 'shop.service';
const floor = { least: 1, members: HOST, unit, check: null, withinMs: 1 };
const STEPS: readonly Step<Action>[] = [
  step('leave', { kind: 'traffic.leave', server, floor }),
  step('stop', { kind: 'unit.stop', unit, invocation: '' }),
  step('start', { kind: 'unit.start', unit }),
  step('join', { kind: 'traffic.member', wanted: 'in', server }),
];

/** A ledger that has these operations, the newest first. */
function ledgerOf(...records: readonly (readonly [Plan['kind'], readonly RunEvent[]])[]): Operations {
  const lanes = [{ name: HOST, host: HOST, steps: STEPS }];
  const stage = { ...stageOf('expand', [], []), lanes, mustFinish: true as const };
  const operations = records.map(
    ([kind, events], index) =>
      ({ id: `op-${index}`, plan: planOf([], { kind, stages: [stage] }), events }) as OperationRecord,
  );
  return {
    list: async () => operations,
    show: async (id) => operations.find((operation) => operation.id === id) as OperationRecord,
  };
}

it.each([
  ['no operation', ledgerOf(), undefined],
  ['one that left it out', ledgerOf(['restart', OUT]), 'op-0'],
  ['a push that left it out', ledgerOf(['env-push', OUT]), 'op-0'],
  ['one that died as it left', ledgerOf(['restart', [started(HOST, 'leave')]]), 'op-0'],
  ['one that brought it back', ledgerOf(['restart', BACK]), undefined],
  ['one that put it back after a failure', ledgerOf(['restart', UNDONE]), undefined],
  [
    'one that could not take it out',
    ledgerOf(['restart', [started(HOST, 'leave'), finished(HOST, 'leave', FAILED)]]),
    undefined,
  ],
  ['a later one that brought it back', ledgerOf(['restart', BACK], ['restart', OUT]), undefined],
  ['a later drain by a person', ledgerOf(['traffic-drain', OUT], ['restart', OUT]), undefined],
  ['one that a person made ready again', ledgerOf(['traffic-ready', BACK], ['restart', OUT]), undefined],
  ['one that was repaired', ledgerOf(['traffic-repair', BACK], ['restart', OUT]), undefined],
  ['later ones that never came to it', ledgerOf(['restart', []], ['scale', BACK], ['restart', OUT]), 'op-2'],
])('%s', async (_, operations, wanted) => {
  expect(await leftOutBy(HOST, 'shop', operations)).toBe(wanted);
});

it.each([
  ['no operation', ledgerOf(), false],
  ['one that stopped it and died', ledgerOf(['restart', done('leave', 'stop')]), true],
  ['a push that died as it stopped it', ledgerOf(['env-push', [started(HOST, 'stop')]]), true],
  [
    'one that could not start it',
    ledgerOf(['restart', [...done('stop'), started(HOST, 'start'), finished(HOST, 'start', FAILED)]]),
    true,
  ],
  ['one that started it', ledgerOf(['restart', done('leave', 'stop', 'start')]), false],
  [
    'one that could not stop it',
    ledgerOf(['restart', [started(HOST, 'stop'), finished(HOST, 'stop', FAILED)]]),
    false,
  ],
  [
    'a later one that started it',
    ledgerOf(['restart', done('stop', 'start')], ['restart', done('stop')]),
    false,
  ],
  [
    'later ones that never came to it',
    ledgerOf(['restart', []], ['scale', done('start')], ['restart', done('stop')]),
    true,
  ],
])('stopped by %s', async (_, operations, wanted) => {
  expect(await wasStoppedByRestart(HOST, 'shop', operations)).toBe(wanted);
});
