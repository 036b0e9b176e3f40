import { expect, it } from 'vitest';
import type { UnitLook } from '../../../src/lib/host/unit-look.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import type { RestartFacts } from '../../../src/lib/restart/restart-facts.js';
import { planRestart } from '../../../src/lib/restart/restart-plan.js';
import type { RestartRequest } from '../../../src/lib/restart/restart-request.js';
import { hostNamed } from '../../support/fake-room.js';

const NAMES = ['B1', 'B2', 'B3'];
const members = NAMES.map(hostNamed);
const request: RestartRequest = {
  app: {
    name: 'shop',
    service: 'shop.service',
    user: 'shop',
    files: ['/opt/shop'],
    exclude: [],
    health: undefined,
    env: undefined,
    traffic: undefined,
    logs: undefined,
    groups: new Map([['web', new Map()]]),
  },
  places: [{ group: 'web', room: 'B', members, chosen: members }],
  batchSizes: [],
  window: undefined,
  keep: { value: 50, percent: true },
  drainMs: 30_000,
  budgets: { failed: 0, unreachable: 0, unhealthy: 0 },
};

const times = (name: string, stopMs = 90_000, startMs = 0) => ({ name, startMs, stopMs });
const ALONE: UnitLook = { self: times('shop.service'), up: [], required: [], remembered: [] };

function planOf(around: Readonly<Record<string, Partial<UnitLook>>>): Plan {
  const unit = { loadState: 'loaded', result: 'success', restarts: 0, hasRun: true, status: '' };
  const looks: RestartFacts['looks'] = new Map(
    NAMES.map((name) => [
      name,
      {
        reached: true,
        unit: { ...unit, activeState: 'active', invocation: `run-of-${name}` },
        health: { state: 'healthy' },
        around: { ...ALONE, ...around[name] },
      },
    ]),
  );
  return planRestart(request, { looks, balancers: new Map(), keptOut: new Map(), notStarted: new Set() });
}

const stepsOf = (plan: Plan, index: number) => plan.stages[0]?.lanes[index]?.steps ?? [];
const notes = ({ risks }: Plan) =>
  risks.flatMap(({ message }) => (/down with|may take/.test(message) ? [message] : []));

it('a host on which something goes down with the unit has a step of its own for it, at the end', () => {
  const plan = planOf({
    B1: { up: [times('exporter.service')] },
    B2: { remembered: [times('exporter.service')] },
  });
  expect([0, 1, 2].map((index) => stepsOf(plan, index).map(({ id }) => id))).toEqual([
    ['stop', 'start', 'sidecars'],
    ['stop', 'start', 'sidecars'],
    ['stop', 'start'],
  ]);
  expect(stepsOf(plan, 0)[1]?.action).toMatchObject({ kind: 'unit.start', sidecarsLater: true });
  expect(stepsOf(plan, 2)[1]?.action).not.toHaveProperty('sidecarsLater');
  expect(notes(plan)).toEqual([
    'exporter.service goes down with shop.service, and is started again after it: B[1-2]',
  ]);
});

it('what takes long by its own word is said, and whoever waits for it has the patience', () => {
  const slow = { self: times('shop.service', 1_200_000, 300_000) };
  const plan = planOf({ B2: slow, B3: slow });
  expect(notes(plan)).toEqual([
    'shop.service may take up to 21 min to stop: B[2-3]',
    'shop.service may take up to 6 min to start: B[2-3]',
  ]);
  expect(stepsOf(plan, 0)[0]?.action).toMatchObject({ floor: { withinMs: 30_000 + 1_500_000 } });
  expect(notes(planOf({}))).toEqual([]);
});
