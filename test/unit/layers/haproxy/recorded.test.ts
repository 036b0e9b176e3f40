import { describe, expect, it } from 'vitest';
import { withIdleBackups } from '../../../../src/lib/layers/http/backups.js';
import { optionsOfNeighbours } from '../../../../src/lib/layers/http/haproxy/neighbours.js';
import { parseBackend } from '../../../../src/lib/layers/http/haproxy/server-lines.js';
import {
  isHalfAdded,
  parseAllServers,
  parseServers,
} from '../../../../src/lib/layers/http/haproxy/servers.js';
import { parseStatistics } from '../../../../src/lib/layers/http/haproxy/statistics.js';
import { matchMembers } from '../../../../src/lib/layers/http/match.js';
import {
  isHealthy,
  isInTraffic,
  isUp,
  isWanted,
  type ServerState,
} from '../../../../src/lib/layers/http/server-state.js';
import { recorded } from '../../../support/recorded-haproxy.js';
import { serverState } from '../../../support/server-state.js';

// What an HAProxy 2.6 said; test/contract/haproxy-recorded.test.ts holds that it still does.
const backend = { balancer: 'lb-b', socket: '/run/haproxy/admin.sock', backend: 'shop' };
const servers = parseServers(recorded('servers.txt'), backend);
const statistics = parseStatistics(recorded('stat.csv'), backend);
const lines = parseBackend(`backend shop\n${recorded('shop.cfg')}`, 'shop');
const serverNamed = (name: string) => {
  const found = servers.find((server) => server.name === name);
  if (found === undefined) throw new Error(`no server ${name} is recorded`);
  return found;
};

const NEVER_ASKED = ['unchecked-1', 'path-1', 'follows-1', 'follows-2', 'nameless-1', 'half-1'];

describe('a server is taken for what its balancer does with it', () => {
  it.each([
    ['in-1', 'in', { traffic: true, up: true, healthy: true }],
    ['drained-1', 'drained', { traffic: false, up: false, healthy: true }],
    ['shut-1', 'shut', { traffic: false, up: false, healthy: true }],
    ['both-1', 'shut', { traffic: false, up: false, healthy: true }],
    ['down-1', 'in', { traffic: false, up: false, healthy: false }],
    ['unchecked-1', 'in', { traffic: true, up: true, healthy: true }],
    ['weightless-1', 'in', { traffic: false, up: true, healthy: true }],
    ['warming-1', 'in', { traffic: true, up: true, healthy: true }],
    ['disabled-1', 'shut', { traffic: false, up: false }],
    ['free-1', 'shut', { traffic: false, up: false }],
    ['filled-1', 'drained', { traffic: false, up: false, healthy: true }],
    ['filled-2', 'in', { traffic: true, up: true, healthy: true }],
    ['tls-1', 'in', { traffic: false, up: false, healthy: false }],
    ['path-1', 'in', { traffic: true, up: true }],
    ['follows-1', 'in', { traffic: false, up: true }],
    ['follows-2', 'in', { traffic: false, up: false }],
    ['nameless-1', 'shut', { traffic: false, up: false }],
    ['half-1', 'shut', { traffic: false, up: false }],
    ['added-1', 'in', { traffic: true, up: true, healthy: true }],
  ] as const)('%s: %s', (name, order, wanted) => {
    const server = serverNamed(name);
    expect(server.order).toBe(order);
    const found = { traffic: isInTraffic(server), up: isUp(server), healthy: isHealthy(server) };
    expect(found).toMatchObject(wanted);
  });

  it('and none is left out of that list', () => {
    expect(servers).toHaveLength(19);
    expect(servers.filter(isWanted)).toHaveLength(11);
  });

  const those = (is: (server: (typeof servers)[number]) => boolean) =>
    servers.filter(is).map(({ name }) => name);
  it.each([
    ['kept free', those(({ isFree }) => isFree), ['free-1']],
    ['of nobody yet', those(({ isUnset }) => isUnset), ['free-1', 'path-1', 'nameless-1']],
    ['out as another is', those(({ isOutByTracking }) => isOutByTracking), ['follows-1', 'follows-2']],
    ['half added', those(isHalfAdded), ['half-1']],
    [
      'disabled in the file',
      those(({ isOfFile }) => isOfFile),
      ['disabled-1', 'free-1', 'filled-1', 'filled-2'],
    ],
    ['reached by TLS', those(({ usesTls }) => usesTls), ['tls-1']],
    ['never asked', those(({ isChecked }) => !isChecked), NEVER_ASKED],
  ])('%s', (_, found, wanted) => {
    expect(found).toEqual(wanted);
  });
});

it('every backend is told of at once, each with its own', () => {
  const all = parseAllServers(recorded('all-servers.txt'), backend);
  expect([...all.keys()]).toEqual(['shop', 'api']);
  const ordersOf = (some: typeof servers = []) => some.map(({ name, order }) => `${name} ${order}`);
  expect(ordersOf(all.get('shop'))).toEqual(ordersOf(servers));
  expect(ordersOf(all.get('api'))).toEqual(['one drained', 'two shut']);
});

it('a backend that is not there is no answer', () => {
  expect(() => parseServers(recorded('no-backend.txt'), backend)).toThrow(
    'balancer lb-b has no backend shop: "Can\'t find backend."',
  );
});

it('statistics agree with the states on who is in traffic, as far as they know of weights', () => {
  expect([...statistics.keys()]).toEqual(servers.map(({ name }) => name));
  for (const server of servers.filter(({ isOutByTracking, weight }) => !isOutByTracking && weight > 0))
    expect([server.name, statistics.get(server.name)?.inTraffic]).toEqual([server.name, isInTraffic(server)]);
  expect(statistics.get('in-1')).toMatchObject({ sessions: 0, maxconn: 50, cookie: 'a,b' });
  expect(statistics.get('drained-1')).toMatchObject({ maxconn: undefined, cookie: '' });
});

it('the host behind an address is found under all its names', () => {
  const hosts = [
    { name: 'web-b-01', address: '198.18.2.11' },
    { name: 'web-b-02', address: '198.18.2.12' },
  ];
  const members = hosts.map((host) => ({ ...host, port: 8080 }));
  const { byHost, doubts } = matchMembers(servers, members, [
    ...hosts,
    { name: 'lb-b', address: '198.18.2.10' },
  ]);
  const namesOf = (host: string) => byHost.get(host)?.map(({ name }) => name);
  expect(doubts).toEqual([]);
  expect(namesOf('web-b-01')).toEqual(['in-1', 'unchecked-1', 'weightless-1', 'follows-1']);
  expect(namesOf('web-b-02')).toHaveLength(10);
});

it('a new server is refused where its neighbours differ, and not guessed where the file cannot be read', () => {
  const refused = optionsOfNeighbours({ servers, statistics, lines }, 8080);
  expect(refused).toEqual({ refusal: expect.stringContaining('have a cookie each') });
  const unread = optionsOfNeighbours({ servers, statistics, lines: undefined }, 8080);
  expect(unread).toEqual({ refusal: expect.stringContaining('asked by TLS') });
});

it('a server that is a backup is known by its column', () => {
  const rows = ['# svname,scur,qcur,stot,slim,status,bck', 'a,0,0,1,,UP,0', 'b,0,0,0,,UP,1', ''].join('\n');
  const counted = parseStatistics(rows, backend);
  expect([counted.get('a')?.isBackup, counted.get('b')?.isBackup]).toEqual([false, true]);
});

describe('a backup server', () => {
  const kinds = new Map([
    ['a', { isBackup: false }],
    ['b', { isBackup: true }],
    ['c', { isBackup: true }],
  ]);
  const idle = (...states: Parameters<typeof withIdleBackups>[0]) =>
    withIdleBackups(states, kinds).flatMap(({ name, isIdleBackup }) => (isIdleBackup ? [name] : []));
  const [a, b, c] = ['a', 'b', 'c'].map((name) => serverState(name)) as [
    ServerState,
    ServerState,
    ServerState,
  ];

  it.each([
    ['waits while another is in traffic', [a, b, c], ['b', 'c']],
    ['is used where the other is drained', [{ ...a, order: 'drained' as const }, b, c], []],
    ['is used where the other is down', [{ ...a, isRunning: false }, b], []],
    ['is used where the other has no weight', [{ ...a, weight: 0 }, b], []],
    ['is used where there is no other', [b, c], []],
  ])('%s', (_, states, wanted) => {
    expect(idle(...states)).toEqual(wanted);
  });

  it('is in traffic for whoever takes it out, as it may be used at any moment', () => {
    expect(withIdleBackups([a, b], kinds).every(isInTraffic)).toBe(true);
  });
});

it('says of a backend that is missing that it is missing, whichever question was answered first', () => {
  expect(() => parseStatistics('No such proxy.\n', backend)).toThrow(
    `has no backend ${backend.backend}: "No such proxy."`,
  );
});
