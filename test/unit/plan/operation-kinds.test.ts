import { describe, expect, it } from 'vitest';
import { type Action, OPERATIONS } from '../../../src/lib/actions.js';
import { RefusedError } from '../../../src/lib/errors.js';
import { CLEARING } from '../../../src/lib/ledger/left-behind.js';
import { laneOn } from '../../../src/lib/plan/lane.js';
import { requireResumes, traitsOf } from '../../../src/lib/plan/operation-kinds.js';
import type { OperationKind, Plan } from '../../../src/lib/plan/plan.js';
import { adviceFor } from '../../../src/lib/ui/run/advice.js';
import { planOf } from '../ledger/fixture.js';

const unit = 'shop.service';
const INSTALL: Action = { kind: 'unit.state', unit, wanted: 'stopped' };
const START: Action = { kind: 'unit.start', unit };
const server = {
  ...{ balancer: 'lb-b', control: '/run/x', backend: 'shop', name: 'b1' },
  ...{ address: '198.18.2.11', port: 80 },
};
const JOIN: Action = { kind: 'traffic.member', wanted: 'in', server };

function plan(kind: string, actions: readonly Action[] = [], mustFinish?: true): Plan {
  const steps = actions.map((action, index) => ({ id: `s${index}`, title: 'x', action }));
  const lanes = ['web-b-01', 'web-b-02'].map((host) => laneOn(host, steps));
  const whole = mustFinish && ({ mustFinish } as const);
  const stages = [{ id: 'one', title: 'one', pass: 'each' as const, lanes, standby: [], ...whole }];
  return planOf([], { kind: kind as OperationKind, stages });
}

describe('an operation', () => {
  it.each<readonly [string, Plan, string, string | undefined]>([
    ['an expansion', plan('scale', [START, JOIN]), 'in traffic', 'kuafu scale --undo op-1'],
    ['one that installs', plan('scale', [INSTALL]), 'installed', 'kuafu scale --undo op-1'],
    ['one without a balancer', plan('scale', [START]), 'done', 'kuafu scale --undo op-1'],
    ['its undo', plan('undo', [INSTALL]), 'back in the pool', undefined],
    ['a smaller group', plan('shrink', [INSTALL]), 'back in the pool', undefined],
    ['a spare that is cleaned', plan('clean', [INSTALL]), 'back in the pool', undefined],
    ['a restart', plan('restart', [START, JOIN], true), 'restarted', undefined],
    ['a start', plan('start', [START, JOIN], true), 'in traffic', "kuafu traffic drain 'web-b-[01-02]'"],
    [
      'one of those that were in',
      plan('start', [START], true),
      'started',
      "kuafu traffic drain 'web-b-[01-02]'",
    ],
    ['a push', plan('env-push'), 'done', "kuafu env rollback --app shop 'web-b-[01-02]'"],
    [
      'one that restarts',
      plan('env-push', [START], true),
      'restarted',
      "kuafu env rollback --app shop 'web-b-[01-02]'",
    ],
    ['a rollback', plan('env-rollback'), 'done', "kuafu env rollback --app shop 'web-b-[01-02]'"],
    ['a drain', plan('traffic-drain'), 'out of traffic', "kuafu traffic ready 'web-b-[01-02]'"],
    ['its end', plan('traffic-ready', [JOIN]), 'in traffic', "kuafu traffic drain 'web-b-[01-02]'"],
    ['a change of names', plan('dns-set'), 'as asked for', 'kuafu dns undo op-1'],
    ['a room taken out of them', plan('dns-unset'), 'as asked for', 'kuafu dns undo op-1'],
    ['a room that users leave', plan('dns-switch'), 'as asked for', 'kuafu dns undo op-1'],
    ['a TTL made short for that', plan('dns-prepare'), 'as asked for', 'kuafu dns undo op-1'],
    ['names that are judged by health', plan('dns-health'), 'as asked for', 'kuafu dns undo op-1'],
    ['what takes that back', plan('dns-undo'), 'as asked for', 'kuafu dns undo op-1'],
    ['a repair', plan('traffic-repair', [JOIN]), 'in traffic', undefined],
  ])('knows of %s what a host is then, and what takes it back', (_, made, outcome, undoneBy) => {
    const traits = traitsOf(OPERATIONS, made);
    expect(traits.outcome(made)).toBe(outcome);
    expect(traits.undoneBy?.('op-1', made)).toBe(undoneBy);
    expect(() => requireResumes({ id: 'op-1', plan: made }, OPERATIONS)).not.toThrow();
  });

  it('tells where the hosts are that did not come through', () => {
    for (const kind of Object.keys(OPERATIONS))
      expect([kind, adviceFor('op-1', plan(kind), []).startsWith('the rest:        ')]).toEqual([
        kind,
        kind !== 'restart',
      ]);
  });

  it('that puts hosts back into the pool is one that the ledger knows to clear them', () => {
    const back = Object.keys(OPERATIONS).filter(
      (kind) => traitsOf(OPERATIONS, plan(kind)).outcome(plan(kind)) === 'back in the pool',
    );
    expect(back.toSorted()).toEqual([...CLEARING].toSorted());
  });
});

describe.each(['teleport', 'constructor', '__proto__', ''])('a kind of a newer kuafu, %j', (kind) => {
  it('has a row that says so, and is not gone on with', () => {
    const made = plan(kind, [JOIN]);
    expect(traitsOf(OPERATIONS, made).outcome(made)).toBe('done');
    const advice = adviceFor('op-1', made, []);
    expect(advice).toContain('this version of kuafu does not know this kind of operation');
    expect(advice).not.toContain('ops resume');
    expect(advice).toContain('kuafu ops close op-1');
    expect(() => requireResumes({ id: 'op-1', plan: made }, OPERATIONS)).toThrow(RefusedError);
  });
});
