import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Action, KINDS, loadHandlers } from '../../src/lib/actions.js';
import { RefusedError } from '../../src/lib/errors.js';
import { describeAction, kindOf } from '../../src/lib/plan/kinds.js';
import { requireKnownKinds } from '../../src/lib/plan/known-kinds.js';
import type { AnyAction, Plan } from '../../src/lib/plan/plan.js';

const DOMAINS = fileURLToPath(new URL('../../src/lib/', import.meta.url));

const server = {
  balancer: 'lb-b-1',
  control: 'haproxy:/s',
  backend: 'shop',
  name: 'b1',
  address: '198.18.2.1',
  port: 80,
};
const servers = [server, { ...server, balancer: 'lb-b-2' }];
const unit = 'shop.service';
const tree = {
  ...{ paths: ['/opt/shop', '/etc/a', '/etc/b'], exclude: [], digest: 'd', bytes: 2_000_000 },
  packed: { codec: 'zstd', digest: 'e', bytes: 1_000_000 },
} as const;
const chain = { kind: 'copy.tree', from: 'web-a-1', tree, width: 1, sources: [], method: 'chain' } as const;
const env = { kind: 'env.write', path: '/etc/shop/env', mode: '640', values: [] } as const;
const check = { http: '/healthz', passes: 3, withinMs: 60_000, everyMs: 1000, timeoutMs: 1000 } as never;
const floor = { least: 2, members: 'b[1-4]', unit, check: null, withinMs: 1 };
const at = {
  zone: { name: 'shop.test', provider: { kind: 'exec', program: ['/d'], timeoutMs: 1 } },
  ...{ authority: '/d', file: '/etc/kuafu.config.yaml' },
} as const;
const changes = (['www', 'www', '@'] as const).map(
  (name) => ({ name, type: 'A', from: null, to: null }) as const,
);
const connect = { arch: 'x86_64', osId: 'debian', tools: [], idleUnit: unit } as const;

/** One of every kind at least, on a host, and what is said of it. */
const database = { name: 'orders', port: 3306, members: [['A', 'db-a'] as const], proxies: null };
const move = { database, from: 'db-a', to: 'db-b' };
const attach = {
  kind: 'database.attach',
  ...{ database, replica: 'db-a', source: 'db-b', number: 8, withinMs: 9000 },
  ...{ address: '198.18.2.40', port: 3306, user: 'repl', password: { secret: 'REPL' }, options: {} },
} as const;

const SAMPLES: readonly (readonly [Action, string])[] = [
  [{ kind: 'pool.claim', room: 'B' }, 'reserve it in room B'],
  [{ kind: 'pool.member', app: 'shop', group: 'web', room: 'B' }, 'record as shop/web of room B'],
  [{ kind: 'pool.release', room: 'B' }, 'back into the pool of room B'],
  [
    { kind: 'pool.keep-out', app: 'shop', wanted: 'out' },
    'record that it is kept out until it is made ready',
  ],
  [{ kind: 'pool.keep-out', app: 'shop', wanted: 'in' }, 'record that it is ready'],
  [{ kind: 'host.connect', need: { ...connect, diskFree: [] } }, 'check debian, x86_64'],
  [
    {
      kind: 'host.connect',
      need: { ...connect, diskFree: [5e6, 7e6].map((bytes) => ({ path: '/opt', bytes })) },
    },
    'check debian, x86_64, 7.0 MB of free disk',
  ],
  [
    { kind: 'host.script', name: 'base', command: { words: ['true'], effect: 'write', timeoutMs: 1 } },
    'base',
  ],
  [chain, '2.0 MB, 1.0 MB packed, /opt/shop and 2 more paths, from web-a-1'],
  [{ kind: 'copy.check', from: 'web-a-1', tree }, 'the files on web-a-1 are still those that were copied'],
  [env, 'write /etc/shop/env, mode 640, 0 values'],
  [{ ...env, keepsPrevious: true }, '/etc/shop/env, mode 640, the previous version is kept'],
  [
    { kind: 'env.rollback', path: '/etc/shop/env', version: '1' },
    '/etc/shop/env as it was, the present one is kept',
  ],
  [{ kind: 'unit.state', unit, wanted: 'stopped' }, 'shop.service stopped'],
  [{ kind: 'unit.health', check, url: '', unit }, '3 passes in a row within 1m00s'],
  [{ kind: 'unit.stop', unit, invocation: '' }, unit],
  [{ kind: 'unit.start', unit }, unit],
  [{ kind: 'unit.sidecars', unit }, 'what went down with shop.service is up again'],
  [{ kind: 'traffic.member', wanted: 'in', server }, 'join shop of lb-b-1'],
  [{ kind: 'traffic.member', wanted: 'out', server, servers }, 'leave shop of lb-b-1, lb-b-2'],
  [
    { kind: 'traffic.member', wanted: 'enrolled', server },
    'be known, and get no request yet, at shop of lb-b-1',
  ],
  [{ kind: 'traffic.leave', server, floor }, 'leave shop of lb-b-1'],
  [{ kind: 'traffic.rejoin', unit, invocation: '', server }, 'join shop of lb-b-1 again'],
  [{ kind: 'traffic.drain', withinMs: 30_000, server }, 'until no request is left, for 30.0s at most'],
  [
    { kind: 'traffic.drain', withinMs: 2000, shuts: true, server },
    'until no request is left, for 2.0s at most; then shut for all',
  ],
  [{ kind: 'scale.remove', paths: ['/opt/shop', '/etc/a'] }, '/opt/shop, /etc/a'],
  [
    { kind: 'dns.claim', ...at, from: 'any', number: 8 },
    'no other operation changes shop.test from here on (generation 8)',
  ],
  [{ kind: 'dns.check', ...at, changes }, 'nobody has changed these records of shop.test since'],
  [{ kind: 'dns.set', ...at, changes, number: 8 }, 'www.shop.test, shop.test'],
  [
    { kind: 'dns.answer', ...at, changes, withinMs: 30_000 },
    'users are told so: www.shop.test, shop.test, within 30s',
  ],
  [
    {
      kind: 'dns.hold',
      room: 'B',
      entries: [{ name: 'www.shop.test', address: '203.0.113.102', check: { http: 'x', timeoutMs: 1 } }],
      seconds: 5,
    },
    'users of before ask again: 5s; the entry of room B stays healthy',
  ],
  [{ kind: 'dns.hold', room: 'B', entries: [], seconds: 60 }, 'users of before ask again: 60s'],
  [
    { kind: 'dns.forget', zone: 'shop.test', resolvers: ['203.0.113.3'], old: [], ttlSeconds: 5 },
    'nor do resolvers tell the old address: 203.0.113.3, within 5s',
  ],
  [{ kind: 'dns.restore', ...at, changes, number: 9 }, 'www.shop.test, shop.test as before'],
  [{ kind: 'dns.close', ...at }, 'other operations may change shop.test again'],
  [
    { kind: 'database.claim', database: 'orders', host: 'db-a', from: 'any', number: 8 },
    'no other operation changes orders from here on (generation 8)',
  ],
  [{ kind: 'database.gates', ...move }, 'nothing stands in the way at orders'],
  [
    { kind: 'database.stop-writes', ...move, number: 8, withinMs: 5000 },
    'db-a takes no writes any more, within 5s (read_only=1)',
  ],
  [
    { kind: 'database.applied', ...move, withinMs: 9000 },
    'db-b has applied everything that db-a has, within 9s',
  ],
  [{ kind: 'database.detach', ...move, number: 8 }, 'db-b replicates from nobody any more'],
  [attach, 'db-a replicates from db-b as repl, within 9s'],
  [
    { kind: 'database.semi-sync', ...move, number: 8, withinMs: 9000 },
    'commits on db-b wait for its replica, within 9s',
  ],
  [{ kind: 'database.open', ...move, number: 8 }, 'db-b takes writes (read_only=0)'],
  [
    { kind: 'database.reopen', ...move, number: 9, semiSync: true },
    'db-a takes writes again, if db-b takes none',
  ],
  [{ kind: 'database.proxies', ...move, withinMs: 9000 }, 'each proxy sends clients to db-b, within 9s'],
  [{ kind: 'database.judge', ...move, withinMs: 9000 }, 'nothing is wrong with orders any more, within 9s'],
  [
    { kind: 'database.fence', database, host: 'db-a', number: 8, withinMs: 9000, ifWritable: false },
    'db-a is killed and starts read-only, within 9s',
  ],
  [
    { kind: 'database.fence', database, host: 'db-a', number: 8, withinMs: 9000, ifWritable: true },
    'db-a is killed, if it takes writes, and starts read-only, within 9s',
  ],
  [
    { kind: 'database.drain', ...move, number: 8, fenced: true, withinMs: 9000 },
    'db-b applies all that it has received, within 9s, and replicates from nobody any more',
  ],
  [
    { kind: 'database.promote', ...move, number: 8, fenced: true },
    'db-b takes writes (read_only=0), as db-a was read and takes none',
  ],
  [
    { kind: 'database.promote', ...move, number: 8, fenced: false },
    'db-b takes writes (read_only=0), though nothing proves that db-a takes none',
  ],
  [
    { kind: 'database.own-proxies', ...move, withinMs: 9000 },
    'each proxy in the room of db-b sends clients there, within 9s',
  ],
  [{ kind: 'database.alone', ...move }, 'no server but db-b takes writes, of those that answer'],
  [
    { kind: 'database.archive', database, replica: 'db-a', source: 'db-b', number: 8 },
    'what db-a has and db-b lacks is named, and kept in a file on db-a',
  ],
  [
    { kind: 'database.may-follow', database, replica: 'db-a', source: 'db-b' },
    'db-a has nothing that db-b lacks',
  ],
  [
    { kind: 'database.caught-up', database, replica: 'db-a', source: 'db-b', withinMs: 9000 },
    'db-a has applied what db-b has by then, within 9s',
  ],
  [{ kind: 'database.unfence', database, host: 'db-a', number: 8 }, 'db-a has no file of a fence any more'],
  [{ kind: 'database.close', database: 'orders', host: 'db-a' }, 'other operations may change orders again'],
];

it('every kind has words, and the code that does it', async () => {
  const handlers = (await loadHandlers())({} as never);
  const kinds = [...new Set(SAMPLES.map(([{ kind }]) => kind))].sort();
  expect(Object.keys(KINDS).sort()).toEqual(kinds);
  expect(Object.keys(handlers).sort()).toEqual(kinds);
});

it.each(Object.keys(KINDS))('%s begins with the domain that owns it', (kind) => {
  const [domain = ''] = kind.split('.');
  expect(readFileSync(join(DOMAINS, domain, 'handlers.ts'), 'utf8')).toContain(`'${kind}':`);
});

it.each(SAMPLES)('%j is told in words', (action, words) => {
  expect(describeAction(KINDS, action, 1)).toBe(words);
});

it('to several hosts a copy is told with its way', () => {
  expect(describeAction(KINDS, chain, 2)).toMatch(/, from web-a-1, from host to host$/);
  expect(describeAction(KINDS, { ...chain, method: 'one-hop' } as Action, 2)).toMatch(/, to each from here$/);
});

describe('a kind of a later version', () => {
  const planOf = (...actions: readonly AnyAction[]) => {
    const steps = actions.map((action) => ({
      id: 'x',
      title: 'x',
      action: { kind: 'pool.release' },
      undo: action,
    }));
    const standby = [{ name: 'b1', host: 'b1', steps }];
    return {
      id: 'op-1',
      plan: { stages: [{ id: 's', title: 's', lanes: [], standby, pass: 'each' as const }] },
    };
  };

  it.each(['drill.cut', 'constructor', '__proto__', ''])('%j is told by its name, and is not run', (kind) => {
    expect(describeAction(KINDS, { kind }, 1)).toBe(kind);
    expect(kindOf(KINDS, { kind })).toBeUndefined();
    expect(() => requireKnownKinds(planOf({ kind }), KINDS)).toThrow(RefusedError);
  });

  it('is named once, with what can be done', () => {
    const record = planOf({ kind: 'drill.cut' }, { kind: 'acl.open' }, { kind: 'drill.cut' });
    expect(() => requireKnownKinds(record, KINDS)).toThrow(
      'the plan of operation op-1 has steps that this version of kuafu does not know (drill.cut, acl.open); nothing is done by it',
    );
  });

  it.each([
    ['of the way back', { wayBack: { when: 'always', stages: planOf({ kind: 'drill.cut' }).plan.stages } }],
    ['of a keeper', { keepers: [{ action: { kind: 'drill.cut' } }] }],
  ])('is found where it is one %s', (_, over) => {
    const record = { id: 'op-1', plan: { ...planOf().plan, ...over } as unknown as Plan };
    expect(() => requireKnownKinds(record, KINDS)).toThrow('(drill.cut)');
  });

  it('what is known is run', () => {
    expect(() => requireKnownKinds(planOf({ kind: 'pool.release' }), KINDS)).not.toThrow();
  });
});
