import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { StepFailure } from '../../../src/lib/run/step-handler.js';
import { LinkLostError } from '../../../src/lib/ssh/connect-error.js';
import { drillPlan, runUntil, SimulatedWorld } from '../../support/simulated-drill.js';

const FORTH = ['preflight', 'arm', 'cut', 'move', 'verify', 'hold'];
const BACK = ['old-read-only', 'open', 'resync', 'home', 'names-home', 'disarm'];

const withoutBeats = (events: readonly RunEvent[]) => events.filter(({ type }) => type !== 'kept');

function stagesStarted(events: readonly RunEvent[]): string[] {
  const started = events.flatMap((event) => (event.type === 'step-started' ? [event.stage] : []));
  return started.filter((stage, index) => started[index - 1] !== stage);
}

/** Once it has turned nothing forward begins, and the way back goes in its order, whoever goes on. */
function expectOrdered(events: readonly RunEvent[]): void {
  const turned = events.findIndex(({ type }) => type === 'turned');
  expect(turned).toBeGreaterThan(0);
  expect(events.filter(({ type }) => type === 'turned')).toHaveLength(1);
  const after = stagesStarted(events.slice(turned));
  expect(after.filter((stage) => FORTH.includes(stage))).toEqual([]);
  expect([...after].sort((a, b) => BACK.indexOf(a) - BACK.indexOf(b))).toEqual(after);
}

describe('a plan with a way back', () => {
  it('ends with it where all passes', async () => {
    const world = new SimulatedWorld();
    const { end, events } = await runUntil(drillPlan(), world, []);
    expect(end).toMatchObject({ state: 'done' });
    expect(stagesStarted(events)).toEqual([...FORTH, ...BACK]);
    expectOrdered(events);
  });

  it('does not take it where it is for failures alone', async () => {
    const { end, events } = await runUntil(drillPlan('on-failure'), new SimulatedWorld(), []);
    expect(end).toEqual({ state: 'done', message: '6 of 6 stages passed' });
    expect(stagesStarted(events)).toEqual(FORTH);
  });

  it('turns at the first stage that is not passed, and takes back only what was begun', async () => {
    const world = new SimulatedWorld();
    world.behave = ({ thing }) => {
      if (thing === 'gw-b') throw new StepFailure('failed', 'the rule has no effect');
    };
    const failing = await runUntil(drillPlan(), world, []);
    expect(failing.end).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(
        'turned (cut: isolate: the rule has no effect); the way back stopped at open',
      ),
    });
    world.behave = () => undefined;
    const { end, events } = await runUntil(drillPlan(), world, failing.events);
    expect(end).toMatchObject({ state: 'undone', message: expect.stringContaining('the way back is done') });
    expectOrdered(events);
    expect(world.changes).not.toContain('primary B');
    expect(world.changes).not.toContain('dns B');
    expect(world.changes).not.toContain('old-primary read-only');
  });

  it.each([
    ['turns as long as it failed for certain', 'dns', 'undone'],
    ['does not turn once it may be done: a resume goes forward', 'lost', 'done'],
    ['does not turn once it is done: a resume goes forward', 'sale', 'done'],
  ])('with a step of no return %s', async (_, thing, state) => {
    const until = { stage: 'move', lane: 'dns', step: 'names' };
    const { wayBack, ...plan } = drillPlan('on-failure');
    const guarded = { ...plan, wayBack: { stages: [], ...wayBack, when: 'on-failure', until } as const };
    const world = new SimulatedWorld();
    world.behave = (action) => {
      if (thing === 'lost' && action.thing === 'dns') throw new LinkLostError('dns-a');
      if (thing === action.thing) throw new StepFailure('failed', 'no');
    };
    const failing = await runUntil(guarded, world, []);
    expect(failing.end).toMatchObject({ state: 'failed' });
    world.behave = () => undefined;
    const { end, events } = await runUntil(guarded, world, failing.events);
    expect(end).toMatchObject({ state });
    expect(events.some(({ type }) => type === 'turned')).toBe(state === 'undone');
  });

  it('turns when it is told to stop', async () => {
    const world = new SimulatedWorld();
    const stop = new AbortController();
    world.behave = ({ thing }) => {
      if (thing === 'sale') stop.abort();
    };
    const { end, events } = await runUntil(drillPlan(), world, [], undefined, stop.signal);
    expect(end).toMatchObject({ state: 'undone', message: expect.stringContaining('it was told to stop') });
    expect(stagesStarted(events)).not.toContain('hold');
    expectOrdered(events);
  });

  it('has every lane of a stage run, and none of a later one where one fails', async () => {
    const world = new SimulatedWorld();
    world.behave = ({ thing }) => {
      if (thing === 'capacity') throw new StepFailure('failed', 'room B is too small');
    };
    const { events } = await runUntil(drillPlan(), world, []);
    const lanes = events.flatMap((event) => (event.type === 'step-started' ? [event.lane] : []));
    expect(lanes.slice(0, 3).sort()).toEqual(['capacity', 'clocks', 'replication']);
    expect(world.changes).not.toContain('dead-man armed');
  });
});

it('knows on the way back, in another process, what a step found on the way forth', async () => {
  const world = new SimulatedWorld();
  const { events } = await runUntil(drillPlan('always', { everyMs: 60_000 }), world, []);
  const found = events.findIndex((event) => event.type === 'step-finished' && event.step === 'demote');
  const killed = events.slice(0, found + 1).map((event) => JSON.parse(JSON.stringify(event)) as RunEvent);
  const again = new SimulatedWorld();
  again.behave = ({ thing }) => {
    if (thing === 'sale') throw new StepFailure('failed', 'no order came through');
  };
  await runUntil(drillPlan('always', { everyMs: 60_000 }), again, killed);
  expect(again.positions).toEqual(['0-1-42']);
});

describe('a keeper', () => {
  it('is done again and again between its stages', async () => {
    const world = new SimulatedWorld();
    world.behave = async ({ thing }) => {
      if (thing === 'sale') await sleep(60);
    };
    const { events } = await runUntil(drillPlan(), world, []);
    expect(events.filter(({ type }) => type === 'kept').length).toBeGreaterThan(2);
    const last = events.findLastIndex(({ type }) => type === 'kept');
    const resync = events.findIndex((event) => event.type === 'step-started' && event.stage === 'resync');
    expect(last).toBeLessThan(resync);
  });

  it.each([
    ['fails', () => Promise.reject(new StepFailure('failed', 'no such set'))],
    ['hangs', () => new Promise<void>(() => undefined)],
  ])('that %s for too long turns the operation', async (_, lease) => {
    const world = new SimulatedWorld();
    world.behave = async ({ thing }) => {
      if (thing === 'lease') await lease();
      if (thing === 'sale') await sleep(200);
    };
    const { end, events } = await runUntil(drillPlan('always', { lostAfterMs: 30 }), world, []);
    expect(end).toMatchObject({ state: 'undone' });
    expect(events.find(({ type }) => type === 'turned')).toMatchObject({ why: 'keeper-lost' });
    expect(world.changes).not.toContain('held yes');
    expectOrdered(events);
  });

  it('that missed its time while nobody ran the operation counts as lost', async () => {
    const world = new SimulatedWorld();
    const { events } = await runUntil(drillPlan(), world, [], 18);
    const past = events.map((event) => ({ ...event, at: '2026-11-23T10:00:00.000Z' }));
    const again = await runUntil(drillPlan(), world, past);
    expect(again.events.find(({ type }) => type === 'turned')).toMatchObject({ why: 'keeper-lost' });
    expectOrdered(again.events);
  });
});

describe('a keeper of a run before', () => {
  it('whose work had ended is not begun anew', async () => {
    const world = new SimulatedWorld();
    const plan = drillPlan('always', { until: 'cut' });
    const { events } = await runUntil(plan, world, []);
    const moved = events.findIndex((event) => event.type === 'step-started' && event.stage === 'move');
    let beats = 0;
    world.behave = ({ thing }) => {
      if (thing === 'lease') beats += 1;
    };
    await runUntil(plan, world, events.slice(0, moved));
    expect(beats).toBe(0);
  });

  it('that only tells is done anew by a resume that found it lost', async () => {
    const world = new SimulatedWorld();
    const plan = drillPlan('always', { onLoss: 'tell' });
    const { events } = await runUntil(plan, world, [], 18);
    const past = events.map((event) => ({ ...event, at: '2026-11-23T10:00:00.000Z' }));
    const again = await runUntil(plan, world, past);
    const since = again.events.slice(past.length).map(({ type }) => type);
    expect(since).toContain('keeper-lost');
    expect(since).toContain('kept');
    expect(again.end).toMatchObject({ state: 'done' });
  });
});

describe('killed after any event, and resumed by somebody else', () => {
  const behaviours = {
    'a drill that passes': () => undefined,
    'a drill whose business is red': ({ thing }: { readonly thing: string }) => {
      if (thing === 'sale') throw new StepFailure('failed', 'no order came through');
    },
  };

  it.each(Object.entries(behaviours))('%s comes to the same end', async (_, behave) => {
    const whole = new SimulatedWorld();
    whole.behave = behave;
    const plan = drillPlan('always', { everyMs: 60_000 });
    const { end, events } = await runUntil(plan, whole, []);
    expect(withoutBeats(events).length).toBeGreaterThan(30);
    for (let count = 1; count < events.length; count += 1) {
      const world = new SimulatedWorld();
      world.behave = behave;
      const killed = await runUntil(plan, world, [], count);
      expect(killed.end).toBeUndefined();
      const resumed = await runUntil(plan, world, killed.events);
      expect([count, resumed.end?.state]).toEqual([count, end?.state]);
      expectOrdered(resumed.events);
      // What the demotion saw is known to whoever goes on; where it was never begun there is nothing to know.
      expect([count, new Set(world.positions)]).toEqual([count, new Set(whole.positions)]);
      // Each change was made once: nothing is done twice with an effect.
      expect([count, ...world.changes.toSorted()]).toEqual([count, ...whole.changes.toSorted()]);
    }
  });
});
