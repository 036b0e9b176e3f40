import { expect, it } from 'vitest';
import type { Action } from '../../../src/lib/actions.js';
import { envChangedSince, rolledBack } from '../../../src/lib/env/env-since.js';
import type { OperationRecord } from '../../../src/lib/ledger/ledger.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import type { RunEvent, StepResult } from '../../../src/lib/record/events.js';
import type { Operations } from '../../../src/lib/restart/left-behind.js';
import { finished, planOf, stageOf, started } from '../ledger/fixture.js';

const PUSH: Action = { kind: 'env.write', path: '/etc/shop/env', mode: '640', values: [] };
const ROLLBACK: Action = { kind: 'env.rollback', path: '/etc/shop/env', version: '1' };
const fault = { message: '', culprit: '', elapsedMs: 1 };
const DONE: StepResult = { status: 'done', changed: true, message: '', elapsedMs: 1 };

function operation(
  id: string,
  kind: Plan['kind'],
  action: Action,
  hosts: readonly string[],
  events: readonly RunEvent[],
): OperationRecord {
  const { lanes, ...stage } = stageOf('expand', hosts, ['write']);
  const write = { id: 'write', title: 'write', action };
  const plan = planOf([], {
    kind,
    stages: [{ ...stage, lanes: lanes.map((lane) => ({ ...lane, steps: [write] })) }],
  });
  return { id, kind, title: `${kind} ${id}`, app: 'shop', startedAt: '', plan, events } as never;
}

function ledgerOf(...records: readonly OperationRecord[]): Operations {
  return {
    list: async () => records,
    show: async (id) => records.find((record) => record.id === id) as OperationRecord,
  };
}

const wrote = (host: string, result: StepResult) => [started(host, 'write'), finished(host, 'write', result)];
const failed = operation('op-1', 'env-push', PUSH, ['a', 'b'], wrote('a', DONE));
const later = (kind: Plan['kind'], action: Action, events: readonly RunEvent[]) =>
  ledgerOf(operation('op-2', kind, action, ['a', 'c'], events), failed);

it.each([
  ['a rollback', later('env-rollback', ROLLBACK, wrote('a', DONE))],
  ['another push', later('env-push', PUSH, wrote('a', DONE))],
  ['one that nobody saw the end of', later('env-rollback', ROLLBACK, [started('a', 'write')])],
  ['one in doubt', later('env-rollback', ROLLBACK, wrote('a', { status: 'unknown', ...fault }))],
])('%s on one of its hosts is a change after it', async (_, operations) => {
  expect(await envChangedSince(failed, operations)).toMatchObject({ by: { id: 'op-2' }, hosts: ['a'] });
});

it.each([
  ['itself', ledgerOf(failed)],
  ['one on other hosts', later('env-push', PUSH, wrote('c', DONE))],
  [
    'one that failed',
    later('env-push', PUSH, wrote('a', { status: 'failed', failure: 'unreachable', ...fault })),
  ],
  ['a restart', later('restart', { kind: 'unit.start', unit: 'shop.service' }, wrote('a', DONE))],
  ['an expansion', later('scale', PUSH, wrote('a', DONE))],
])('%s is none', async (_, operations) => {
  expect(await envChangedSince(failed, operations)).toBeUndefined();
});

it('of what does not change it, nothing is asked', async () => {
  const restart = operation('op-1', 'restart', { kind: 'unit.start', unit: 'shop.service' }, ['a'], []);
  expect(await envChangedSince(restart, later('env-push', PUSH, wrote('a', DONE)))).toBeUndefined();
});

it('a file came by a rollback where that was the last to change it', async () => {
  const operations = ledgerOf(
    operation('op-4', 'restart', { kind: 'unit.start', unit: 'shop.service' }, ['a'], wrote('a', DONE)),
    operation('op-3', 'env-push', PUSH, ['b'], wrote('b', DONE)),
    operation('op-2', 'env-rollback', ROLLBACK, ['a', 'b', 'c'], [...wrote('a', DONE), ...wrote('b', DONE)]),
    operation('op-1', 'env-push', PUSH, ['a', 'b', 'c'], wrote('c', DONE)),
  );
  expect(await rolledBack(['a', 'b', 'c'], 'shop', operations)).toEqual([{ by: 'op-2', hosts: ['a'] }]);
  expect(await rolledBack([], 'shop', operations)).toEqual([]);
});
