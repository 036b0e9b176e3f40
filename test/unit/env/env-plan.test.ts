import { describe, expect, it } from 'vitest';
import type { EnvConfig } from '../../../src/lib/config/config-types.js';
import { parseEnvFacts } from '../../../src/lib/env/env-facts.js';
import {
  type EnvTarget,
  isConcerned,
  planEnvPush,
  planEnvRestart,
  planEnvRollback,
} from '../../../src/lib/env/env-plan.js';
import { envByRoom } from '../../../src/lib/env/env-rooms.js';
import { parseBounds } from '../../../src/lib/plan/bounds.js';
import { restartsHosts } from '../../../src/lib/plan/restarts-hosts.js';
import { host } from '../ledger/fixture.js';

const env: EnvConfig = {
  file: '/etc/shop/env',
  common: new Map([
    ['DB', ['db:', { secret: 'PASSWORD' }]],
    ['LEVEL', ['info']],
  ]),
  rooms: new Map([
    ['A', new Map([['LEVEL', ['debug']]])],
    ['B', new Map([['ONLY', ['b']]])],
  ]),
  shared: [],
};
const bounds = (count: number) => parseBounds({ batch: '1,50%' }, count);
const request = { app: 'shop', env, bounds };
const FILE = 'login=root:root\nkind=file\nmode=640\nowner=root:root\nversion=7:1.0\nchanged=1.0\ntext=QT0x\n';
const PREVIOUS = FILE.replaceAll(/^(?!login)(?=.)/gm, 'previous.');

function target(name: string, stdout: string, more: Partial<EnvTarget> = {}): EnvTarget {
  const room = name.includes('-a-') ? 'A' : 'B';
  const facts = stdout === '' ? undefined : parseEnvFacts(stdout);
  const unread = stdout === '' ? 'no route' : '';
  return { host: host(name, room, 'member'), groups: ['web'], facts, unread, differs: true, ...more };
}

describe('a push', () => {
  it('leaves hosts alone that are right, and gives each the values of its room by the names of secrets', () => {
    const plan = planEnvPush(request, [
      target('web-a-1', FILE),
      target('web-b-1', FILE, { differs: false }),
      target('web-b-2', 'login=root:root\n'),
    ]);
    expect(plan).toMatchObject({
      kind: 'env-push',
      title: 'push the environment of shop to 2 hosts',
      scope: { apps: ['shop'], groups: ['web'], rooms: ['A', 'B'] },
      locks: ['app/shop/web/A', 'app/shop/web/B'],
      rollout: { batches: [1, 1] },
      risks: [{ level: 'note', message: expect.stringContaining('kuafu restart --app shop later') }],
    });
    const steps = plan.stages[0]?.lanes.map(({ steps: [step] }) => step?.action);
    const db = { name: 'DB', value: ['db:', { secret: 'PASSWORD' }] };
    expect(steps).toMatchObject([
      { keepsPrevious: true, values: [db, { name: 'LEVEL', value: ['debug'] }] },
      { values: [db, { name: 'LEVEL', value: ['info'] }, { name: 'ONLY', value: ['b'] }] },
    ]);
  });

  it('is empty when all are right', () => {
    const plan = planEnvPush(request, [target('web-b-1', FILE, { differs: false })]);
    expect(plan).toMatchObject({ hosts: [], stages: [{ lanes: [] }] });
  });

  it('notes hosts that were not read and links, and refuses where there is no file', () => {
    const link = FILE.replace('kind=file', 'kind=link');
    const plan = planEnvPush(request, [
      target('web-b-1', ''),
      target('web-b-2', ''),
      target('web-b-3', link),
      target('web-b-4', FILE.replace('kind=file', 'kind=other')),
    ]);
    expect(plan.risks).toEqual([
      { level: 'note', message: 'not read, and tried all the same: web-b-[1-2] (no route)' },
      { level: 'refuse', message: '/etc/shop/env is no file on web-b-4' },
      { level: 'note', message: expect.stringContaining('symbolic link on web-b-3') },
      { level: 'note', message: expect.stringContaining('when they start') },
    ]);
  });
});

it.each([
  // Clock 1000 s, up for 600 s: boot at 400.
  ['before the file was changed', 'started=99000000 600.00 1000.5', 500, true],
  ['after it', 'started=101000000 600.00 1000.5', 500, false],
  ['at the same moment, as far as can be told', 'started=99950000 600.00 1000', 500, false],
  ['nobody knows when', 'started=0 600.00 1000.5', 500, false],
  ['on a host that tells nothing', 'login=root:root', 500, false],
])('a service that was started %s', (_when, line, changed, isUnread) => {
  expect(parseEnvFacts(FILE.replace('changed=1.0', `changed=${changed}.0`) + line).isUnread).toBe(isUnread);
});

it('restarts who gets the file, and nobody else; right hosts count for the floor alone', () => {
  const members = ['web-b-1', 'web-b-2', 'web-b-3'].map((name) => host(name, 'B', 'member'));
  const targets = members.map(({ name }) => target(name, FILE, { differs: name === 'web-b-2' }));
  const old = target('web-b-4', `${FILE}started=1 600 1000`.replace('changed=1.0', 'changed=900.0'), {
    differs: false,
  });
  expect([...targets, old].filter(isConcerned).map(({ host: { name } }) => name)).toEqual([
    'web-b-2',
    'web-b-4',
  ]);
  const app = {
    name: 'shop',
    service: 'shop.service',
    user: 'shop',
    files: [],
    exclude: [],
    env,
    health: undefined,
    traffic: undefined,
    logs: undefined,
    groups: new Map([['web', new Map()]]),
  };
  const chosen = members.slice(1, 2);
  const restart = {
    app,
    places: [{ group: 'web', room: 'B', members, chosen }],
    batchSizes: [],
    window: undefined,
    keep: { value: 50, percent: true },
    drainMs: 1000,
    budgets: { failed: 0, unreachable: 0, unhealthy: 0 },
  };
  const unit = {
    loadState: 'loaded',
    activeState: 'active',
    invocation: 'x',
    result: 'success',
    restarts: 0,
    hasRun: true,
    status: '',
  };
  const look = { reached: true, unit, health: { state: 'healthy' } } as const;
  const looks = new Map(members.map(({ name }) => [name, look]));
  const plan = planEnvRestart(env, [...targets, old], restart, {
    looks,
    balancers: new Map(),
    keptOut: new Map(),
    notStarted: new Set(),
  });
  expect(plan.risks.map(({ message }) => message)).toContain(
    'restarted alone, as the file is right and came there after the service was started: web-b-4',
  );
  expect(plan).toMatchObject({
    kind: 'env-push',
    title: 'push the environment and restart shop/web in room B: 1 host',
    locks: ['app/shop/web/B'],
    rollout: { budgets: { failed: 0, unreachable: 0, unhealthy: 0 } },
  });
  expect(restartsHosts(plan)).toBe(true);
  expect(restartsHosts(planEnvPush(request, targets))).toBe(false);
  const [lane, ...others] = plan.stages[0]?.lanes ?? [];
  expect(others).toEqual([]);
  expect(lane?.host).toBe('web-b-2');
  const [write, stop] = lane?.steps ?? [];
  expect(write?.action).toMatchObject({ kind: 'env.write', keepsPrevious: true, values: { length: 3 } });
  expect(stop?.action).toMatchObject({ kind: 'unit.stop', floor: { least: 2, members: 'web-b-[1-3]' } });
});

describe('a rollback', () => {
  it('goes by the very version that was seen, on each host', () => {
    const plan = planEnvRollback(request, [target('web-b-1', FILE + PREVIOUS)]);
    expect(plan).toMatchObject({
      kind: 'env-rollback',
      scope: { groups: ['web'], rooms: ['B'] },
      risks: [{ level: 'note', message: expect.stringContaining('the next push writes them again') }],
    });
    const action = { kind: 'env.rollback', path: '/etc/shop/env', version: '7:1.0' };
    expect(plan.stages[0]?.lanes[0]?.steps[0]?.action).toEqual(action);
  });

  it('is refused when a host has none, or it is not known', () => {
    const plan = planEnvRollback(request, [
      target('web-b-1', FILE + PREVIOUS),
      target('web-b-2', FILE),
      target('web-b-3', ''),
    ]);
    expect(plan.risks).toEqual([
      { level: 'refuse', message: 'no previous version is kept on web-b-2' },
      { level: 'refuse', message: 'whether there is one is not known of web-b-3' },
    ]);
  });
});

it('shows each value once for the rooms that have it alike, secrets by their names', () => {
  const db = { name: 'DB', value: 'db:[PASSWORD]', secret: true };
  const plain = { secret: false, differs: true };
  expect(envByRoom(env, ['A', 'B'])).toEqual([
    { ...db, rooms: ['A', 'B'], from: 'common', differs: false },
    { ...plain, name: 'LEVEL', rooms: ['A'], from: 'room', value: 'debug' },
    { ...plain, name: 'LEVEL', rooms: ['B'], from: 'common', value: 'info' },
    { ...plain, name: 'ONLY', rooms: ['A'], from: null, value: null },
    { ...plain, name: 'ONLY', rooms: ['B'], from: 'room', value: 'b' },
  ]);
  expect(envByRoom(env, ['B'])).toMatchObject([{ differs: false }, { differs: false }, { name: 'ONLY' }]);
});
