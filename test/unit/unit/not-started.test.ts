import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/lib/actions.js';
import type { OperationRecord } from '../../../src/lib/ledger/ledger.js';
import type { Host } from '../../../src/lib/names/host.js';
import { laneOn } from '../../../src/lib/plan/lane.js';
import type { Plan, Stage } from '../../../src/lib/plan/plan.js';
import type { StepResult } from '../../../src/lib/record/events.js';
import { ConnectError } from '../../../src/lib/ssh/connect-error.js';
import { askNotStarted, readNotStarted, startCommand } from '../../../src/lib/unit/not-started.js';
import { ToldHost } from '../../support/told-host.js';
import { finished, planOf, started } from '../ledger/fixture.js';

const HOST = 'new-b-01';
const DONE: StepResult = { status: 'done', changed: true, message: '', elapsedMs: 1 };
const FAILED: StepResult = { status: 'failed', failure: 'failed', message: '', culprit: HOST, elapsedMs: 1 };

type Made = readonly [kind: Plan['kind'], step: string, result?: StepResult];

const unit = 'shop.service';
const ACTIONS: Readonly<Record<string, Action>> = {
  install: { kind: 'unit.state', unit, wanted: 'stopped' },
  start: { kind: 'unit.start', unit },
  boot: { kind: 'unit.state', unit, wanted: 'started' },
  write: { kind: 'pool.release', room: 'B' },
};

/** What a step is named says nothing. */
function stageOf(step: string): Stage<Action> {
  const action = ACTIONS[step] as Action;
  const lanes = [laneOn(HOST, [{ id: step, title: step, action }])];
  return { id: 'expand', title: 'expand', pass: 'each', lanes, standby: [] };
}

/** A ledger with these operations on one host, the newest first; each has one step there. */
function ledgerOf(...made: readonly Made[]) {
  const records = made.map(
    ([kind, step, result = DONE], index) =>
      ({
        id: `op-${index}`,
        plan: planOf([], { kind, stages: [stageOf(step)] }),
        events: [started(HOST, step), finished(HOST, step, result)],
      }) as unknown as OperationRecord,
  );
  return {
    list: async () => records,
    show: async (id: string) => records.find((record) => record.id === id) as OperationRecord,
  };
}

it.each<readonly [string, readonly Made[], boolean]>([
  ['installed', [['scale', 'install']], true],
  [
    'installed, and its environment written',
    [
      ['env-push', 'write'],
      ['scale', 'install'],
    ],
    true,
  ],
  [
    'installed, and a start of it failed',
    [
      ['start', 'start', FAILED],
      ['scale', 'install'],
    ],
    true,
  ],
  [
    'installed and started later',
    [
      ['start', 'start'],
      ['scale', 'install'],
    ],
    false,
  ],
  [
    'installed and restarted later',
    [
      ['restart', 'start'],
      ['scale', 'install'],
    ],
    false,
  ],
  ['started by its expansion', [['scale', 'boot']], false],
  ['cleared, and not installed', [['undo', 'install']], false],
  [
    'installed anew after it had served',
    [
      ['scale', 'install'],
      ['start', 'start'],
    ],
    true,
  ],
  ['not installed after all', [['scale', 'install', FAILED]], false],
  ['of the configuration', [], false],
])('tells a host that is %s', async (_, made, wanted) => {
  const traces = [{ host: HOST, hasRun: false }];
  expect((await readNotStarted(traces, 'shop', ledgerOf(...made))).has(HOST)).toBe(wanted);
});

describe('a host that was installed, by the ledger', () => {
  const ledger = ledgerOf(['scale', 'install']);
  const never = 'ActiveState=inactive\nInvocationID=\nActiveEnterTimestampMonotonic=0\n';
  const app = { name: 'shop', service: unit };
  const host = { name: HOST } as Host;
  const ask = async (stdout: string) => {
    const told = new ToldHost();
    told.says['systemctl show'] = { stdout };
    const connections = { session: async () => told.session };
    return (await askNotStarted([host], app, connections, ledger)).has(HOST);
  };

  it('was started if something shows that', async () => {
    expect((await readNotStarted([{ host: HOST, hasRun: true }], 'shop', ledger)).size).toBe(0);
  });

  it.each<readonly [string, string, boolean]>([
    ['never ran', never, true],
    ['runs', never.replace('=inactive', '=active'), false],
    ['was started by hand and died', never.replace('=inactive', '=failed'), false],
    ['is started again and again', never.replace('=inactive', '=activating'), false],
    ['was started by hand and stopped', never.replace('Monotonic=0', 'Monotonic=4711'), false],
    ['did its work and ended', never.replace('ID=', 'ID=a1'), false],
    ['is not told of', '', true],
  ])('is asked whether its service %s', async (_, stdout, wanted) => {
    expect(await ask(stdout)).toBe(wanted);
  });

  it('is as the ledger says if it does not answer', async () => {
    const fault = new ConnectError(HOST, 'timed-out', 'no answer');
    const connections = { session: () => Promise.reject(fault) };
    expect((await askNotStarted([host], app, connections, ledger)).has(HOST)).toBe(true);
  });
});

it('says what to type', () => {
  expect(startCommand('shop', [HOST, 'new-b-02'])).toBe("kuafu start --app shop 'new-b-[01-02]'");
});
