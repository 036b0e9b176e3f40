import { expect, it } from 'vitest';
import type { RestartRequest } from '../../../src/lib/restart/restart-request.js';
import { planStart } from '../../../src/lib/start/start-plan.js';
import { type AppWorld, appOf, said, stepsIn } from '../../support/app-world.js';
import { hostNamed } from '../../support/fake-room.js';

const NEW = { chosen: ['B3', 'B4'], stopped: ['B3', 'B4'], where: { B3: 'unknown', B4: 'unknown' } } as const;

function start(world: AppWorld, over: Partial<RestartRequest> = {}, isNamed = true) {
  const { app, places, facts } = appOf(world);
  const request = {
    app,
    places,
    batchSizes: [],
    window: undefined,
    keep: { value: 50, percent: true },
    drainMs: 0,
    budgets: { failed: 0, unreachable: 0, unhealthy: 0 },
    ...over,
  };
  const joins = new Map([['B', { balancers: [hostNamed('lb-b')], refusals: [], notes: [] }]]);
  return planStart(
    request,
    { ...facts, joins, installed: new Map([['B3', ['multi-user.target.wants']]]) },
    isNamed,
  );
}

it('starts what is installed, has the balancers know it before it is healthy, and joins it', () => {
  const plan = start(NEW);
  expect(stepsIn(plan)).toEqual({
    B3: ['start', 'enrol', 'health', 'join'],
    B4: ['start', 'enrol', 'health', 'join'],
  });
  const [brought, other] = plan.stages[0]?.lanes.map(({ steps }) => steps[0]) ?? [];
  expect(brought?.action).toMatchObject({
    kind: 'unit.state',
    wanted: 'started',
    wantedIn: ['multi-user.target.wants'],
  });
  expect(brought?.undo).toMatchObject({ kind: 'unit.state', wanted: 'stopped' });
  // Whoever has installed that one says whether it starts at boot.
  expect(other).toMatchObject({ action: { kind: 'unit.start' } });
  expect(plan).toMatchObject({ locks: ['app/shop/web/B'], rollout: { batches: [2] }, risks: [] });
});

it('has batches, and a window', () => {
  const batchSizes = [{ value: 1, percent: false }];
  expect(start(NEW, { batchSizes, window: 3 })).toMatchObject({
    rollout: { batches: [1, 1], windows: [1, 1] },
  });
});

it('leaves alone what runs and is in traffic, and joins what only runs', () => {
  expect(start({ chosen: ['B1', 'B2'] }).stages[0]?.lanes).toEqual([]);
  expect(stepsIn(start({ chosen: ['B1'], where: { B1: 'unknown' } }))).toEqual({
    B1: ['enrol', 'health', 'join'],
  });
  expect(stepsIn(start({ chosen: ['B1'], stopped: ['B1'] }))).toEqual({ B1: ['start', 'health'] });
});

it('joins nobody whom somebody took out', () => {
  const plan = start({ chosen: ['B1'], stopped: ['B1'], where: { B1: 'shut' } });
  expect(stepsIn(plan)).toEqual({ B1: ['start', 'health'] });
  expect(said(plan, 'note')).toEqual(['B1 is out of traffic at a balancer, and stays out']);
});

it('starts whom a person keeps out only where it is named, and joins it never', () => {
  const world = { ...NEW, kept: ['B3'] };
  expect(stepsIn(start(world, {}, false))).toEqual({ B4: ['start', 'enrol', 'health', 'join'] });
  const named = start(world);
  expect(stepsIn(named)).toMatchObject({ B3: ['start', 'health'] });
  expect(said(named, 'note')[0]).toContain('B3 drained by wang since 2026-11-29 21:40 UTC');
});

it.each([
  [{ ...NEW, bare: ['B3'] }, 'B3: shop.service is not-found: nothing is installed there'],
  [{ ...NEW, silent: ['B4'] }, 'B4: no answer; --max-unreachable is 0'],
  [{ ...NEW, doubts: ['crossed'] }, 'crossed'],
] as const)('is refused: %j', (world, words) => {
  expect(said(start(world), 'refuse')).toEqual([expect.stringContaining(words)]);
});
