import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../../../src/lib/config/config-types.js';
import type { Health } from '../../../src/lib/host/health-check.js';
import { planChecksum } from '../../../src/lib/plan/checksum.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import { leastOf } from '../../../src/lib/restart/capacity.js';
import type { HostLook, RestartFacts } from '../../../src/lib/restart/restart-facts.js';
import { planRestart } from '../../../src/lib/restart/restart-plan.js';
import type { Place, RestartRequest } from '../../../src/lib/restart/restart-request.js';
import type { InTraffic } from '../../../src/lib/traffic/traffic-facts.js';
import { hostNamed } from '../../support/fake-room.js';

const app: AppConfig = {
  name: 'shop',
  service: 'shop.service',
  user: 'shop',
  files: ['/opt/shop'],
  exclude: [],
  health: { http: 'http://{address}:8080/', passes: 3, everyMs: 1000, timeoutMs: 2000, withinMs: 30_000 },
  env: undefined,
  traffic: {
    balancers: new Map([
      ['A', ['lb-a']],
      ['B', ['lb-b']],
    ]),
    control: 'haproxy:/run/haproxy/admin.sock',
    backend: 'shop',
    port: 8080,
  },
  logs: undefined,
  groups: new Map([['web', new Map()]]),
};

const names = (room: string, count: number) => Array.from({ length: count }, (_, i) => `${room}${i + 1}`);

function placeOf(room: string, count: number, chosen = names(room, count)): Place {
  const members = names(room, count).map(hostNamed);
  return { group: 'web', room, members, chosen: members.filter(({ name }) => chosen.includes(name)) };
}

function requestOf(places: readonly Place[], over: Partial<RestartRequest> = {}): RestartRequest {
  return {
    app,
    places,
    batchSizes: [],
    window: undefined,
    keep: { value: 50, percent: true },
    drainMs: 30_000,
    budgets: { failed: 0, unreachable: 0, unhealthy: 0 },
    ...over,
  };
}

function runs(name: string, over: Partial<Extract<HostLook, { reached: true }>['unit']> = {}): HostLook {
  const unit = {
    loadState: 'loaded',
    activeState: 'active',
    invocation: `run-of-${name}`,
    result: 'success',
    restarts: 0,
    hasRun: true,
    status: '',
    ...over,
  };
  const health: Health =
    unit.activeState === 'active' ? { state: 'healthy' } : { state: 'sick', reason: 'it does not answer' };
  return { reached: true, unit, health };
}

interface World {
  readonly looks?: Readonly<Record<string, HostLook>>;
  readonly out?: readonly string[];
  readonly balancers?: readonly string[];
  /** By operation `1-op`. */
  readonly left?: readonly string[];
  /** What the balancer sees, where that is not what the host is. */
  readonly seen?: Readonly<Record<string, InTraffic['seen']>>;
  /** Up, with a weight of 0. */
  readonly weightless?: readonly string[];
  readonly doubts?: readonly string[];
  readonly notStarted?: readonly string[];
  /** By a person, with operation `2-op`. */
  readonly kept?: readonly string[];
}

function factsOf(
  { places }: RestartRequest,
  {
    looks = {},
    out = [],
    balancers = ['A', 'B'],
    left = [],
    seen = {},
    weightless = [],
    doubts = [],
    kept = [],
    notStarted = [],
  }: World = {},
): RestartFacts {
  const members = places.flatMap((place) => place.members.map(({ name }) => name));
  const serverAt = (room: string, name: string) => ({
    balancer: `lb-${room.toLowerCase()}`,
    control: 'haproxy:/run/haproxy/admin.sock',
    backend: 'shop',
    name,
    address: '198.18.2.101',
    port: 8080,
  });
  const inTraffic = (room: string, name: string): InTraffic => {
    const isOut = out.includes(name) || left.includes(name);
    const server = serverAt(room, name);
    const look = looks[name];
    const isDown = isOut || (look?.reached === true && look.health.state === 'sick');
    return {
      seen: seen[name] ?? (isDown || weightless.includes(name) ? 'down' : 'up'),
      hasWeight: !weightless.includes(name),
      wanted: isOut ? [] : [server],
      drained: left.includes(name) ? [server] : [],
      shut: out.includes(name) && !left.includes(name) ? [server] : [],
    };
  };
  return {
    looks: new Map(members.map((name) => [name, looks[name] ?? runs(name)])),
    balancers: new Map(
      balancers.map((room) => [
        room,
        {
          balancers: [hostNamed(`lb-${room.toLowerCase()}`)],
          members: new Map(members.map((name) => [name, inTraffic(room, name)])),
          doubts,
          left: new Map(left.map((name) => [name, '1-op'])),
        },
      ]),
    ),
    keptOut: new Map(kept.map((host) => [host, { host, app: 'shop', operator: 'wang', ...BY_HAND }])),
    notStarted: new Set(notStarted),
  };
}

const BY_HAND = { since: '2026-11-29T21:40:05.000Z', operation: '2-op' };

const planOf = (request: RestartRequest, world?: World) => planRestart(request, factsOf(request, world));
const messages = (plan: Plan, level: string) =>
  plan.risks.flatMap((risk) => (risk.level === level ? [risk.message] : []));
const steps = (plan: Plan, host: string) =>
  plan.stages[0]?.lanes.find((lane) => lane.name === host)?.steps.map(({ id }) => id);
const order = (plan: Plan) => plan.stages[0]?.lanes.map(({ host }) => host);

describe('the plan of a restart', () => {
  it('takes one host at a time, room after room, and locks what an expansion locks', () => {
    const plan = planOf(requestOf([placeOf('A', 2), placeOf('B', 3)]));
    expect(order(plan)).toEqual(['A1', 'A2', 'B1', 'B2', 'B3']);
    expect(plan).toMatchObject({
      rollout: { batches: [2, 3], windows: [1, 1] },
      scope: { groups: ['web'], rooms: ['A', 'B'] },
    });
    expect(plan.locks).toEqual(['app/shop/web/A', 'app/shop/web/B']);
    expect(steps(plan, 'A1')).toEqual(['leave', 'drain', 'stop', 'start', 'health', 'join']);
    expect(messages(plan, 'refuse')).toEqual([]);
  });

  it('never has hosts of two rooms in one batch', () => {
    const batchSizes = [
      { value: 1, percent: false },
      { value: 50, percent: true },
    ];
    const plan = planOf(requestOf([placeOf('A', 4), placeOf('B', 3)], { batchSizes }));
    expect(plan.rollout?.batches).toEqual([1, 2, 1, 1, 2]);
    let from = 0;
    for (const size of plan.rollout?.batches ?? []) {
      const hosts = order(plan)?.slice(from, from + size) ?? [];
      expect(new Set(hosts.map((host) => host?.[0])).size).toBe(1);
      from += size;
    }
  });

  it('stops the very run that was seen, and knows the host and the floor', () => {
    const plan = planOf(requestOf([placeOf('B', 8, ['B3'])], { keep: { value: 70, percent: true } }));
    const [leave, , stop] = plan.stages[0]?.lanes[0]?.steps ?? [];
    expect(stop?.action).toMatchObject({ kind: 'unit.stop', unit: 'shop.service', invocation: 'run-of-B3' });
    expect(leave?.action).toMatchObject({ floor: { least: 6, members: 'B[1-8]' }, server: { name: 'B3' } });
    expect(leave?.undo).toMatchObject({ kind: 'traffic.rejoin', invocation: 'run-of-B3' });
  });

  it('has another checksum once a host was restarted', () => {
    const request = requestOf([placeOf('B', 2)]);
    const later = planOf(request, { looks: { B1: runs('B1', { invocation: 'another' }) } });
    expect(planChecksum(planOf(request))).toBe(planChecksum(planOf(request)));
    expect(planChecksum(later)).not.toBe(planChecksum(planOf(request)));
  });

  it('restarts hosts that do not serve first, and stops nothing that does not run', () => {
    const world = { looks: { B3: runs('B3', { activeState: 'failed' }) }, out: ['B2'] };
    const plan = planOf(requestOf([placeOf('B', 4)]), world);
    expect(order(plan)).toEqual(['B2', 'B3', 'B1', 'B4']);
    expect(steps(plan, 'B2')).toEqual(['stop', 'start', 'health']);
    // Somebody may put it into traffic meanwhile.
    const stop = plan.stages[0]?.lanes[0]?.steps[0]?.action;
    expect(stop).toMatchObject({ kind: 'unit.stop', stillOut: [{ balancer: 'lb-b', name: 'B2' }] });
    expect(steps(plan, 'B3')).toEqual(['leave', 'drain', 'start', 'health', 'join']);
    expect(messages(plan, 'note')).toEqual([
      'B2 is out of traffic at lb-b, and stays out',
      'B3 is unhealthy now: restarted first, as nothing is lost',
    ]);
  });

  it('counts hosts that were never started neither in the size nor in the floor', () => {
    const looks = Object.fromEntries(
      ['B3', 'B4'].map((name) => [
        name,
        { ...runs(name, { activeState: 'inactive' }), isStopped: true as const },
      ]),
    );
    const world = { looks, out: ['B3', 'B4'] };
    const request = requestOf([placeOf('B', 4)]);
    expect(messages(planOf(request, world), 'refuse')[0]).toContain('of which B[3-4] are not serving');
    const plan = planOf(request, { ...world, notStarted: ['B3', 'B4'] });
    expect(messages(plan, 'refuse')).toEqual([]);
    expect(order(plan)).toEqual(['B1', 'B2']);
    const [leave] = plan.stages[0]?.lanes[0]?.steps ?? [];
    expect(leave?.action).toMatchObject({ floor: { least: 1, members: 'B[1-2]' } });
    expect(messages(plan, 'note')).toEqual([
      "shop.service is stopped on B[3-4], and stays so: a restart starts nothing that did not run, kuafu start --app shop 'B[3-4]' does",
    ]);
  });

  it('brings back who was left out by an operation of before, first, and undoes no leaving of it', () => {
    const plan = planOf(requestOf([placeOf('B', 3)]), { left: ['B3'] });
    expect(order(plan)).toEqual(['B3', 'B1', 'B2']);
    expect(steps(plan, 'B3')).toEqual(['leave', 'drain', 'stop', 'start', 'health', 'join']);
    expect(plan.stages[0]?.lanes.map(({ steps: [leave] }) => leave?.undo?.kind)).toEqual([
      undefined,
      'traffic.rejoin',
      'traffic.rejoin',
    ]);
    expect(messages(plan, 'note')).toEqual([
      'B3 was left out of traffic by operation 1-op: restarted first, and joins again',
    ]);
    const alone = requestOf([placeOf('B', 2, ['B2'])], { keep: { value: 100, percent: true } });
    expect(messages(planOf(alone, { left: ['B2'] }), 'refuse')).toEqual([]);
  });

  it('never brings back whom a person keeps out, also where a reload of the balancer has', () => {
    const plan = planOf(requestOf([placeOf('B', 4)]), { kept: ['B2', 'B3'], out: ['B2'], left: ['B3'] });
    expect(steps(plan, 'B2')).toEqual(['stop', 'start', 'health']);
    expect(steps(plan, 'B3')).toEqual(['stop', 'start', 'health']);
    const words =
      'B[2-3] drained by wang since 2026-11-29 21:40 UTC (operation 2-op): restarted, and kept out';
    expect(messages(plan, 'note')[0]).toBe(words);
    const forgotten = planOf(requestOf([placeOf('B', 4)]), { kept: ['B2'] });
    expect(steps(forgotten, 'B2')).toEqual(['leave', 'drain', 'stop', 'start', 'health']);
    const lane = forgotten.stages[0]?.lanes.find(({ host }) => host === 'B2');
    expect(lane?.steps[0]?.undo).toBeUndefined();
  });

  it('changes a host once it is out, and then ends whatever runs there', () => {
    const change = { id: 'write', title: 'write', action: { kind: 'unit.start', unit: 'x' } } as const;
    const changed = (world?: World) => {
      const request = requestOf([placeOf('B', 4)]);
      return planRestart(request, factsOf(request, world), () => change);
    };
    const world = { looks: { B3: runs('B3', { activeState: 'failed' }) }, out: ['B2'] };
    const plan = changed(world);
    expect(steps(plan, 'B1')).toEqual(['leave', 'write', 'drain', 'stop', 'start', 'health', 'join']);
    expect(steps(plan, 'B2')).toEqual(['write', 'stop', 'start', 'health']);
    expect(steps(plan, 'B3')).toEqual(['leave', 'write', 'drain', 'stop', 'start', 'health', 'join']);
    const lane = plan.stages[0]?.lanes.find(({ host }) => host === 'B1')?.steps;
    expect(lane?.[0]?.undo).toMatchObject({ kind: 'traffic.rejoin', invocation: 'run-of-B1' });
    expect(lane?.find(({ id }) => id === 'stop')?.action).toMatchObject({ invocation: '' });
    expect(steps(changed({ balancers: [] }), 'B1')).toEqual(['write', 'stop', 'start', 'health']);
  });

  it('guards the stop itself where there is no balancer, and says what that means', () => {
    const request = requestOf([placeOf('B', 4)], { app: { ...app, traffic: undefined, health: undefined } });
    const plan = planOf(request, { balancers: [] });
    expect(steps(plan, 'B1')).toEqual(['stop', 'start']);
    expect(plan.stages[0]?.lanes[0]?.steps[0]?.action).toMatchObject({ floor: { least: 2, check: null } });
    expect(messages(plan, 'note')).toEqual([
      'apps.shop has no balancer in room B: requests meet hosts as they restart',
      'apps.shop has no health check: a host counts as good once it runs',
    ]);
  });
});

describe('the floor', () => {
  it.each([
    ['70%', 8, 6],
    ['50%', 3, 2],
    ['0%', 5, 0],
    ['100%', 7, 7],
    ['33%', 3, 1],
    ['4', 8, 4],
  ])('%s of %i hosts is %i', (text, size, least) => {
    const percent = text.endsWith('%');
    expect(leastOf({ value: Number.parseInt(text, 10), percent }, size)).toBe(least);
  });

  it.each([
    [2, 90, '--keep 90% (2) cannot be kept; --keep 50% can'],
    [1, 50, '--keep 50% (1) cannot be kept; --keep 0% can'],
    [8, 100, '--keep 100% (8) cannot be kept; --keep 87% can'],
    [3, 67, '--keep 67% (3) cannot be kept; --keep 66% can'],
  ])('of %i hosts and %i% is refused, and the number that is told works', (size, value, sentence) => {
    const request = requestOf([placeOf('B', size)], { keep: { value, percent: true } });
    expect(messages(planOf(request), 'refuse')[0]).toContain(sentence);
    const works = Number(/--keep (\d+)% can/.exec(sentence)?.[1]);
    const mended = { ...request, keep: { value: works, percent: true } };
    expect(messages(planOf(mended), 'refuse')).toEqual([]);
  });

  it('counts who serves now, and those a restart may mend, and not the list', () => {
    const keep = { value: 75, percent: true };
    const looks = { B1: runs('B1', { activeState: 'failed' }), B2: runs('B2', { activeState: 'failed' }) };
    const all = requestOf([placeOf('B', 8)], { keep });
    expect(messages(planOf(all, { looks }), 'refuse')).toEqual([]);
    const others = requestOf([placeOf('B', 8, ['B7', 'B8'])], { keep });
    expect(messages(planOf(others, { looks }), 'refuse')).toEqual([
      'shop/web in room B has 8 hosts, of which B[1-2] are not serving: with one out --keep 75% (6) cannot be kept; --keep 62% can',
    ]);
    const mend = requestOf([placeOf('B', 8, ['B1'])], { keep: { value: 100, percent: true } });
    expect(messages(planOf(mend, { looks }), 'refuse')).toEqual([]);
  });

  it('narrows a window that it can never allow, and says so', () => {
    const keep = { value: 70, percent: true };
    const plan = planOf(requestOf([placeOf('B', 8)], { window: 5, keep }));
    expect(plan.rollout?.windows).toEqual([2]);
    expect(messages(plan, 'note')).toEqual([
      '--keep 70% lets 2 of the 8 hosts in room B be out at once, not 5',
    ]);
    const batchSizes = [
      { value: 1, percent: false },
      { value: 100, percent: true },
    ];
    expect(planOf(requestOf([placeOf('B', 8)], { batchSizes, keep })).rollout?.windows).toEqual([1, 2]);
    expect(planOf(requestOf([placeOf('B', 8)], { batchSizes, window: 1 })).rollout?.windows).toEqual([1, 1]);
  });
});

describe('a host out of reach', () => {
  const lost: HostLook = { reached: false, reason: 'B2: no route to host' };

  it('refuses the restart, unless its budget allows for it', () => {
    const request = requestOf([placeOf('B', 4)]);
    expect(messages(planOf(request, { looks: { B2: lost } }), 'refuse')).toEqual([
      expect.stringContaining('B2: no route to host; --max-unreachable is 0'),
    ]);
    const budgets = { failed: 0, unreachable: 1, unhealthy: 0 };
    const plan = planOf({ ...request, budgets }, { looks: { B2: lost } });
    expect(messages(plan, 'refuse')).toEqual([]);
    expect(plan.stages[0]?.lanes[1]?.steps.find(({ id }) => id === 'stop')?.action).toMatchObject({
      invocation: '',
    });
  });

  it('that has no such unit is a refusal', () => {
    const looks = { B1: runs('B1', { loadState: 'not-found', activeState: 'inactive' }) };
    expect(messages(planOf(requestOf([placeOf('B', 4)]), { looks }), 'refuse')).toEqual([
      'B1: shop.service is not-found',
    ]);
  });
});

describe('a health that could not be asked', () => {
  const unknown = (name: string): HostLook => {
    const look = runs(name);
    return { ...look, health: { state: 'unknown', reason: 'sshd forbids it' } } as HostLook;
  };

  it('refuses the restart, for after it nobody could be asked either', () => {
    const looks = { B1: unknown('B1'), B2: unknown('B2') };
    expect(messages(planOf(requestOf([placeOf('B', 2)]), { looks }), 'refuse')).toEqual([
      'whether B[1-2] are healthy cannot be asked: sshd forbids it',
    ]);
  });

  it('is never "nothing is lost": such hosts keep their place, and count where the balancer sees them up', () => {
    const keep = { value: 75, percent: true };
    const plan = planOf(requestOf([placeOf('B', 4, ['B4'])], { keep }), { looks: { B1: unknown('B1') } });
    expect(messages(plan, 'refuse')).toEqual([]);
    const alone = planOf(requestOf([placeOf('B', 4, ['B4'])], { keep }), {
      looks: { B1: unknown('B1') },
      seen: { B1: 'unchecked' },
    });
    expect(messages(alone, 'refuse')[0]).toContain('of which B1 is not serving');
  });
});

it('a host that the balancer sees up serves, whatever the check says: it does not go first', () => {
  const sick: HostLook = { ...runs('B3'), health: { state: 'sick', reason: 'HTTP 500' } } as HostLook;
  const plan = planOf(requestOf([placeOf('B', 4)]), { looks: { B3: sick }, seen: { B3: 'up' } });
  expect(order(plan)).toEqual(['B1', 'B2', 'B3', 'B4']);
  expect(messages(plan, 'note')).toEqual([
    'B3 is unhealthy by the health check: HTTP 500; the balancer sees it up, so it serves all the same',
  ]);
});

it('a backup server that waits counts neither as serving nor as a host of its group', () => {
  const plan = planOf(requestOf([placeOf('B', 3)]), { seen: { B3: 'backup' } });
  expect(JSON.stringify(plan)).toContain('"least":1,"members":"B[1-2]"');
  expect(messages(plan, 'refuse')).toEqual([]);
});

it('a host of weight 0 serves nobody, and no restart mends that: what the floor would wait for in vain is told at once', () => {
  const refusals = (count: number, weightless: readonly string[]) =>
    messages(planOf(requestOf([placeOf('B', count)]), { weightless, balancers: ['B'] }), 'refuse');
  expect(refusals(2, ['B2'])).toEqual([
    'shop/web in room B has 2 hosts, of which B2 is not serving (weight 0 at lb-b: B2): with one out --keep 50% (1) cannot be kept; --keep 0% can, and then no host has to serve: requests fail while one is out',
  ]);
  expect(refusals(4, ['B2'])).toEqual([]);
  expect(refusals(2, ['B1', 'B2'])).toEqual([]);
});

it('nobody is restarted where it cannot be said who is whose at the balancer', () => {
  const doubts = ['lb-b, backend shop: server B1 has the address of host B2 (198.18.2.12:8080)'];
  const plan = planOf(requestOf([placeOf('B', 2)]), { doubts, balancers: ['B'] });
  expect(messages(plan, 'refuse')).toEqual(doubts);
});

describe('a host that somebody stopped before', () => {
  const request = requestOf([placeOf('A', 2), placeOf('B', 4)]);
  const stopped = (...hosts: readonly string[]) =>
    Object.fromEntries(
      hosts.map((name) => [name, { ...runs(name, { activeState: 'inactive' }), isStopped: true as const }]),
    );
  const hostsOf = (plan: Plan) => plan.stages.flatMap(({ lanes }) => lanes.map(({ host }) => host));

  it('is left as it is, and said', () => {
    const plan = planRestart(request, factsOf(request, { looks: stopped('B2', 'B3') }));
    expect(hostsOf(plan)).toEqual(['A1', 'A2', 'B1', 'B4']);
    expect(plan.title).toMatch(/: 4 hosts$/);
    expect(plan.rollout?.batches).toEqual([2, 2]);
    expect(plan.risks).toContainEqual({
      level: 'note',
      message:
        "shop.service is stopped on B[2-3], and stays so: a restart starts nothing that did not run, kuafu start --app shop 'B[2-3]' does",
    });
  });

  it('leaves no place where all are', () => {
    const plan = planRestart(request, factsOf(request, { looks: stopped('A1', 'A2') }));
    expect([plan.scope.rooms.join(), hostsOf(plan)]).toEqual(['B', ['B1', 'B2', 'B3', 'B4']]);
  });

  it('is no reason for a restart of nobody else', () => {
    const alone = requestOf([placeOf('B', 4, ['B2'])]);
    const plan = planRestart(alone, factsOf(alone, { looks: stopped('B2') }));
    expect(plan.risks.filter(({ level }) => level === 'refuse')).toEqual([
      {
        level: 'refuse',
        message:
          'shop.service is stopped on B2: there is nothing to restart; kuafu start --app shop B2 starts it',
      },
    ]);
  });

  it('is not counted as one that a restart may mend', () => {
    const facts = factsOf(request, { looks: stopped('B2', 'B3') });
    const strict = planRestart({ ...request, keep: { value: 3, percent: false } }, facts);
    expect(strict.risks).toContainEqual(
      expect.objectContaining({ level: 'refuse', message: expect.stringContaining('--keep 1 can') }),
    );
  });

  it('gets a change, and is not started by it', () => {
    const write = (host: { name: string }) =>
      ({ id: 'write', title: 'write', action: { kind: 'host.script', name: host.name } }) as never;
    const plan = planRestart(request, factsOf(request, { looks: stopped('B2') }), write);
    const lane = plan.stages.flatMap(({ lanes }) => lanes).find(({ host }) => host === 'B2');
    expect(lane?.steps.map(({ id }) => id)).toEqual(['write']);
  });
});
