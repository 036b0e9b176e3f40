import { describe, expect, it } from 'vitest';
import type { DnsFacts } from '../../../src/lib/dns/change-facts.js';
import { proposedChange } from '../../../src/lib/dns/change-plan.js';
import { planDnsUndo } from '../../../src/lib/dns/undo-plan.js';
import { changesTo, recordSet } from '../../../src/lib/layers/dns/records.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { StepFailure } from '../../../src/lib/run/step-handler.js';
import { type DnsWorld, dnsWorld, NEW, OLD, withPlaces, ZONE } from '../../support/dns-world.js';
import { runUntil } from '../../support/simulated-drill.js';
import { A, B } from './sample-zones.js';

function planIn({ facts }: DnsWorld) {
  const found = facts();
  const changes = found.answers.map((answer) => ({
    zone: ZONE,
    answer,
    changes: changesTo(NEW, answer.sets),
  }));
  return withPlaces(
    proposedChange({ kind: 'dns-set', title: 'lead www.shop.test to B' }, changes, [], found).plan,
  );
}

const FAULT = (): void => {
  throw new StepFailure('failed', 'no answer');
};

describe('names are led elsewhere', () => {
  it('at every authority: claimed, changed, read back, closed', async () => {
    const there = dnsWorld();
    const { end, events } = await runUntil(planIn(there), there, []);
    expect(end).toMatchObject({ state: 'done' });
    for (const each of there.all) {
      expect(each.told).toEqual(['claim 1 forward', 'apply', 'close']);
      expect(each.has(NEW)).toBe(true);
      expect(each.state).toEqual({ generation: { number: 1, id: 'op' }, phase: 'closed', operation: 'op' });
    }
    const set = events.find((event) => event.type === 'step-finished' && event.step === 'set');
    expect(set).toMatchObject({
      result: {
        message: 'users may have the old answer for 60s',
        evidence: [{ what: 'A of www.shop.test', seen: `${B}, 5s`, wanted: `${B}, 5s`, ok: true }],
      },
    });
  });

  it('and back at all where one fails, by a generation of its own', async () => {
    const there = dnsWorld();
    there.b.behave = (command) => command === 'apply' && there.b.state.phase === 'forward' && FAULT();
    const { end } = await runUntil(planIn(there), there, []);
    expect(end).toMatchObject({ state: 'undone' });
    expect(there.a.told).toEqual(['claim 1 forward', 'apply', 'claim 2 back', 'apply', 'close']);
    expect(there.b.told).toEqual(['claim 1 forward', 'claim 2 back', 'close']);
    for (const each of there.all) expect(each.has(OLD)).toBe(true);
  });

  it('nowhere, where somebody has changed a record at one of them since the plan', async () => {
    const there = dnsWorld();
    const plan = planIn(there);
    there.b.sets = [recordSet('www', 'A', 60, [A])];
    const { end } = await runUntil(plan, there, []);
    expect(end).toMatchObject({
      state: 'undone',
      message: expect.stringContaining('somebody else has changed A of www'),
    });
    expect(there.a.has(OLD)).toBe(true);
    for (const each of there.all) expect(each.told).toEqual(['claim 1 forward', 'close']);
  });

  it('nowhere, where another operation has claimed one: that is left to it', async () => {
    const there = dnsWorld();
    const plan = planIn(there);
    const theirs = { generation: { number: 1, id: 'x' }, phase: 'forward', operation: 'x' } as const;
    there.b.state = theirs;
    const { end } = await runUntil(plan, there, []);
    expect(end).toMatchObject({
      state: 'undone',
      message: expect.stringContaining('claimed by operation x'),
    });
    expect(there.b).toMatchObject({ state: theirs, told: [] });
    expect(there.a.has(OLD)).toBe(true);
  });

  it('and on the way back what somebody else has set meanwhile stays, and it is said', async () => {
    const there = dnsWorld();
    const theirs = [recordSet('www', 'A', 9, ['203.0.113.9'])];
    there.b.behave = (command) => {
      if (command !== 'apply' || there.b.state.phase !== 'forward') return;
      there.a.sets = theirs;
      FAULT();
    };
    const { end, events } = await runUntil(planIn(there), there, []);
    expect(end).toMatchObject({ state: 'undone' });
    expect(there.a.has(theirs)).toBe(true);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'step-finished',
        result: expect.objectContaining({ message: 'left as somebody else has set it since: www.shop.test' }),
      }),
    );
  });

  it('and one that cannot be told that it is over makes no failure of it', async () => {
    const there = dnsWorld();
    there.b.behave = (command) => command === 'close' && FAULT();
    const { end, events } = await runUntil(planIn(there), there, []);
    expect(end).toMatchObject({ state: 'done' });
    expect(JSON.stringify(events)).toContain('the next operation will do it: no answer');
  });
});

describe('killed after any event, and gone on with by another process', () => {
  it.each([
    ['comes to the same end', (): void => undefined, 'done', NEW],
    ['goes back all the same', FAULT, 'undone', OLD],
  ] as const)('it %s', async (_, fails, state, sets) => {
    const start = () => {
      const there = dnsWorld();
      there.b.behave = (command) => command === 'apply' && there.b.state.phase === 'forward' && fails();
      return there;
    };
    const whole = start();
    const { events } = await runUntil(planIn(whole), whole, []);
    for (let count = 1; count < events.length; count += 1) {
      const there = start();
      const plan = planIn(there);
      const killed = await runUntil(plan, there, [], count);
      expect(killed.end).toBeUndefined();
      const past = JSON.parse(JSON.stringify(killed.events)) as RunEvent[];
      const { end } = await runUntil(plan, there, past);
      expect([count, end?.state]).toEqual([count, state]);
      for (const [index, each] of there.all.entries()) {
        expect([count, each.has(sets)]).toEqual([count, true]);
        expect([count, each.state.phase]).toEqual([count, 'closed']);
        expect([count, each.told]).toEqual([count, whole.all[index]?.told]);
      }
    }
  });
});

describe('undone by an operation of its own', () => {
  it('all authorities have what they had, and nothing is left to do then', async () => {
    const there = dnsWorld();
    const record = { id: 'op-1', plan: planIn(there) };
    await runUntil(record.plan, there, []);
    const undo = planDnsUndo(record, there.facts());
    expect(undo.plan).toMatchObject({
      kind: 'dns-undo',
      title: 'undo operation op-1 (lead www.shop.test to B)',
    });
    expect(undo.rows[0]).toMatchObject({ before: 'B, 5s', after: 'A and B, 60s' });
    const { end } = await runUntil(withPlaces(undo.plan), there, []);
    expect(end).toMatchObject({ state: 'done' });
    for (const each of there.all) {
      expect(each.has(OLD)).toBe(true);
      expect(each.told.slice(-3)).toEqual(['claim 2 forward', 'apply', 'close']);
    }
    expect(planDnsUndo(record, there.facts()).plan).toMatchObject({ stages: [], risks: [] });
  });

  it.each<readonly [string, (facts: DnsFacts) => DnsFacts, string]>([
    [
      'where somebody has changed a name since',
      (facts) => ({
        ...facts,
        answers: facts.answers.map((each) => ({ ...each, sets: [recordSet('www', 'A', 5, [A])] })),
      }),
      'www.shop.test at dns-a has been changed since operation op-1',
    ],
    [
      'where a name is declared no more',
      (facts) => ({ ...facts, zones: [{ ...ZONE, names: new Map() }] }),
      'is not under layers.dns any more',
    ],
    [
      'where an authority is none any more',
      (facts) => ({ ...facts, answers: facts.answers.slice(0, 1) }),
      'dns-b is no authority of shop.test any more',
    ],
    [
      'where one is silent',
      (facts) => ({
        ...facts,
        answers: facts.answers.slice(0, 1),
        silent: [{ zone: 'shop.test', authority: 'dns-b', room: null, message: 'no answer' }],
      }),
      'dns-b could not be asked about shop.test',
    ],
  ])('is refused %s', async (_, change, message) => {
    const there = dnsWorld();
    const record = { id: 'op-1', plan: planIn(there) };
    await runUntil(record.plan, there, []);
    const { plan } = planDnsUndo(record, change(there.facts()));
    expect(plan.stages).toEqual([]);
    expect(plan.risks.map((risk) => risk.message).join('; ')).toContain(message);
  });

  it('is refused where a name led nowhere before', async () => {
    const there = dnsWorld();
    for (const each of there.all) each.sets = [];
    const record = { id: 'op-1', plan: planIn(there) };
    await runUntil(record.plan, there, []);
    const { plan } = planDnsUndo(record, there.facts());
    expect(plan.risks.map((risk) => risk.message)).toContain(
      'www.shop.test would lead nowhere: a name always leads to a room',
    );
  });
});
