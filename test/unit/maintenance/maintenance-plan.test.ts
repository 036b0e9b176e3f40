import { describe, expect, it } from 'vitest';
import { planDrain } from '../../../src/lib/maintenance/drain-plan.js';
import type { AppFacts } from '../../../src/lib/maintenance/maintenance-facts.js';
import type { MaintenanceRequest } from '../../../src/lib/maintenance/maintenance-request.js';
import { planReady } from '../../../src/lib/maintenance/ready-plan.js';
import { drainedWords, keptOutWords } from '../../../src/lib/traffic/kept-out-words.js';
import { type AppWorld, appOf, BY_WANG, said, stepsIn } from '../../support/app-world.js';

function requestOf(apps: readonly AppFacts[], keep: MaintenanceRequest['keep']): MaintenanceRequest {
  const hosts = [
    ...new Map(
      apps.flatMap(({ places }) => places.flatMap(({ chosen }) => chosen)).map((h) => [h.name, h]),
    ).values(),
  ];
  return { hosts, apps, keep, drainMs: 30_000 };
}

const HALF = { value: 50, percent: true };
const drain = (worlds: readonly AppWorld[], keep = HALF) => {
  const apps = worlds.map(appOf);
  return planDrain(requestOf(apps, keep), apps);
};
const ready = (...worlds: readonly AppWorld[]) => {
  const apps = worlds.map(appOf);
  return planReady(requestOf(apps, HALF), apps);
};
describe('a drain', () => {
  it('asks nothing of the host itself, holds the floor at once, and shuts it for all', () => {
    const plan = drain([{ chosen: ['B1', 'B2'] }]);
    expect(stepsIn(plan)).toEqual({ B1: ['leave', 'record', 'drain'], B2: ['leave', 'record', 'drain'] });
    expect(plan.locks).toEqual(['app/shop/web/B']);
    const [leave, record, shut] = plan.stages[0]?.lanes[0]?.steps.map(({ action }) => action) ?? [];
    expect(leave).toMatchObject({ unasked: true, floor: { least: 2, members: 'B[1-4]', withinMs: 0 } });
    expect(record).toEqual({ kind: 'pool.keep-out', app: 'shop', wanted: 'out' });
    expect(shut).toMatchObject({ kind: 'traffic.drain', shuts: true, withinMs: 30_000 });
    expect(plan.risks).toEqual([]);
  });

  it.each([
    [
      { chosen: ['B1', 'B2', 'B3'] },
      HALF,
      'without B[1-3] 1 would serve, and --keep 50% is 2; --keep 25% takes them out',
    ],
    [
      { size: 1, chosen: ['B1'] },
      HALF,
      'has 1 host: without B1 none would serve, and --keep 50% is 1; --keep 0% takes it',
    ],
    [
      { chosen: ['B1'], sick: ['B2'], where: { B3: 'shut' } },
      HALF,
      'of which B[2-3] do not serve: without B1 1 would',
    ],
    [
      { chosen: ['B1'] },
      { value: 4, percent: false },
      'without B1 3 would serve, and --keep 4 is 4; --keep 3 takes',
    ],
  ] as const)('is refused below the floor, and says what works: %j', (world, keep, words) => {
    const [refusal = ''] = said(drain([world], keep), 'refuse');
    expect(refusal).toContain(words);
    const [, value = '', percent] = /--keep (\d+)(%?) takes/.exec(refusal) ?? [];
    expect(said(drain([world], { value: Number(value), percent: percent === '%' }), 'refuse')).toEqual([]);
  });

  it('costs nothing for a host that does not serve', () => {
    const where = { B1: 'unknown', B2: 'drained' } as const;
    const plan = drain([{ size: 2, chosen: ['B1', 'B2'], where }]);
    expect(stepsIn(plan)).toEqual({ B1: ['record'], B2: ['leave', 'record', 'drain'] });
    expect(said(plan, 'refuse')).toEqual([]);
    expect(said(plan, 'note')).toEqual([
      'B[1-2] are out of traffic already: from now on kept out, until made ready',
    ]);
  });

  it('has nothing to do where a person keeps it out, but where a reload has put it back', () => {
    const done = drain([{ chosen: ['B1'], kept: ['B1'], where: { B1: 'shut' } }]);
    expect(stepsIn(done)).toEqual({});
    expect(said(done, 'note')[0]).toContain('B1 drained by wang since 2026-11-29 21:40 UTC');
    const again = drain([{ chosen: ['B1'], kept: ['B1'] }]);
    expect(stepsIn(again)).toEqual({ B1: ['leave', 'record', 'drain'] });
    expect(said(again, 'note')[0]).toContain('a balancer has put it back since: it leaves again');
  });

  it('takes a host of two applications out of both, each with its own floor', () => {
    const plan = drain([{ chosen: ['B1'] }, { name: 'api', size: 1, chosen: ['B1'] }]);
    expect(Object.values(stepsIn(plan)).flat()).toEqual([
      ...['leave-shop', 'record-shop', 'drain-shop'],
      ...['leave-api', 'record-api', 'drain-api'],
    ]);
    expect(plan).toMatchObject({
      scope: { apps: ['shop', 'api'] },
      locks: ['app/shop/web/B', 'app/api/web/B'],
    });
    expect(said(plan, 'refuse')).toEqual([expect.stringMatching(/^api\/web in room B has 1 host/)]);
  });

  it('says of an application without balancer that nothing is stopped, and refuses to do nothing', () => {
    const world = { name: 'api', chosen: ['B1'], balancer: false };
    expect(said(drain([world]), 'refuse')).toEqual([
      expect.stringContaining('apps.api has no balancer in room B'),
    ]);
    const both = drain([{ chosen: ['B1'] }, world]);
    expect(said(both, 'refuse')).toEqual([]);
    expect(said(both, 'note')).toEqual([expect.stringContaining('apps.api has no balancer in room B')]);
  });

  it('is refused where it is not known whose a server is', () => {
    expect(said(drain([{ chosen: ['B1'], doubts: ['crossed'] }]), 'refuse')).toEqual(['crossed']);
  });
});

describe('ready', () => {
  const kept = { chosen: ['B1'], kept: ['B1'], where: { B1: 'shut' } } as const;

  it('is healthy first, then joins where it is out, and is shut again where that fails', () => {
    const plan = ready(kept);
    expect(stepsIn(plan)).toEqual({ B1: ['health', 'join', 'record'] });
    const join = plan.stages[0]?.lanes[0]?.steps[1];
    expect(join?.action).toMatchObject({ wanted: 'in', back: true, wasShut: true, server: { name: 'B1' } });
    expect(join?.undo).toMatchObject({ kind: 'traffic.drain', shuts: true });
    expect(plan.risks).toEqual([]);
  });

  it('tells a balancer of it that has forgotten it, and joins nowhere where it is in traffic already', () => {
    const lost = ready({ ...kept, where: { B1: 'unknown' } }).stages[0]?.lanes[0]?.steps[1];
    expect(lost?.action).toMatchObject({ server: { backend: 'shop', name: 'B1', port: 8080 } });
    expect(stepsIn(ready({ ...kept, where: {} }))).toEqual({ B1: ['health', 'record'] });
  });

  it.each([
    [{ ...kept, silent: ['B1'] }, 'B1 cannot be asked: B1: no answer'],
    [{ ...kept, stopped: ['B1'] }, 'B1 is not ready: shop.service is inactive'],
    [{ ...kept, sick: ['B1'] }, 'B1 is not healthy: HTTP 500'],
    [{ chosen: ['B1'], where: { B1: 'shut' } }, 'B1 is out at lb-b, and nobody drained it by kuafu'],
    [{ chosen: ['B1'], where: { B1: 'drained' } }, 'B1 is out at lb-b, and nobody drained it by kuafu'],
  ] as const)('is refused: %j', (world, words) => {
    expect(said(ready(world), 'refuse')).toEqual([expect.stringContaining(words)]);
  });

  it('brings back whom an operation left out', () => {
    const plan = ready({ chosen: ['B1'], left: ['B1'], where: { B1: 'drained' } });
    expect(stepsIn(plan)).toEqual({ B1: ['health', 'join'] });
    expect(said(plan, 'refuse')).toEqual([]);
  });

  it('has nothing to do for whom nobody has drained', () => {
    const plan = ready({ chosen: ['B1'] });
    expect(plan.stages[0]?.lanes).toEqual([]);
    expect(said(plan, 'refuse')).toEqual([]);
    expect(said(plan, 'note')).toEqual(['nobody has drained B1: nothing to do there']);
  });

  it.each([
    [[], 'nobody drained it: kuafu traffic repair --app shop --idc B brings it back'],
    [['B2'], 'shop.service is inactive; kuafu start --app shop B2 starts it and joins it to traffic'],
  ])('does not call one in traffic that no balancer knows; stopped: %j', (stopped, words) => {
    const plan = ready({ chosen: ['B1', 'B2'], where: { B2: 'unknown' }, stopped });
    expect(said(plan, 'refuse')).toEqual([expect.stringContaining(words)]);
  });
});

it('tells who keeps hosts out, those of one operation together', () => {
  const rows = ['web-b-01', 'web-b-02'].map((host) => ({ host, app: 'shop', ...BY_WANG }));
  expect(keptOutWords(rows)).toEqual([`web-b-[01-02] ${drainedWords(BY_WANG)}`]);
});
