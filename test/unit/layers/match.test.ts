import { describe, expect, it } from 'vitest';
import { matchMembers, serversAt, serversByPlace, strangers } from '../../../src/lib/layers/http/match.js';
import type { ServerState } from '../../../src/lib/layers/http/server-state.js';
import { isSameAddress } from '../../../src/lib/names/addresses.js';
import { serverState } from '../../support/server-state.js';

const server = (name: string, address: string, port = 8080): ServerState =>
  serverState(name, address, { port, isUnset: ['-', '0.0.0.0'].includes(address) });
const one = { name: 'web-b-01', address: '198.18.2.11', port: 8080 };
const two = { name: 'web-b-02', address: '198.18.2.12', port: 8080 };
const members = [one, two];
const known = [...members, { name: 'lb-b', address: '198.18.2.10' }];
const found = (...servers: readonly ServerState[]) => {
  const { byHost, doubts } = matchMembers(servers, members, known);
  const names = [...byHost].map(([host, own]) => [host, own.map(({ name }) => name)]);
  return { doubts, ...Object.fromEntries(names) };
};

describe('a server is a host', () => {
  it('by address and port, whatever its name is', () => {
    expect(found(server('srv1', '198.18.2.11'), server('srv2', '198.18.2.12'))).toEqual({
      doubts: [],
      'web-b-01': ['srv1'],
      'web-b-02': ['srv2'],
    });
  });

  it('several servers are one host, where all have its address', () => {
    const servers = [server('a', '198.18.2.11'), server('b', '198.18.2.11')];
    expect(found(...servers)).toMatchObject({ 'web-b-01': ['a', 'b'] });
    expect(serversAt(servers, one)).toEqual(servers);
  });

  it('by its name, where its address is that of no host: users may have a network of their own', () => {
    expect(found(server('web-b-01', '10.0.0.11', 80))).toEqual({ doubts: [], 'web-b-01': ['web-b-01'] });
  });

  it('not by its name, where the address is that of another: both are named', () => {
    const crossed = found(server('web-b-01', '198.18.2.12'), server('web-b-02', '198.18.2.11'));
    expect(crossed).toEqual({
      doubts: [
        'server web-b-02 has the address of host web-b-01 (198.18.2.11:8080)',
        'server web-b-01 has the address of host web-b-02 (198.18.2.12:8080)',
      ],
    });
    const [doubt, ...same] = found(server('web-b-01', '198.18.2.11'), server('web-b-02', '198.18.2.11'))
      .doubts as string[];
    expect([doubt, same]).toEqual([
      'server web-b-02 has the address of host web-b-01 (198.18.2.11:8080)',
      [],
    ]);
    expect(found(server('web-b-01', '198.18.2.10')).doubts).toEqual([
      'server web-b-01 has the address of host lb-b (198.18.2.10:8080)',
    ]);
  });

  it.each(['srv1', 'web-b-01'])('not on another port, which is said (%s)', (name) => {
    expect(found(server(name, '198.18.2.11', 8081)).doubts).toEqual([
      expect.stringMatching(/198\.18\.2\.11:8081\).* port 8080|198\.18\.2\.11:8081, .* port 8080/),
    ]);
  });

  it('not while it has no address', () => {
    expect(found(server('web-b-01', '-', 0), server('web-b-02', '0.0.0.0'))).toEqual({ doubts: [] });
  });

  it('nobody knows which, where address and name are both foreign', () => {
    const servers = [server('srv1', '198.18.2.11'), server('srv2', '10.0.0.12')];
    const { byHost } = matchMembers(servers, members, known);
    expect(strangers(servers, byHost, known).map(({ name }) => name)).toEqual(['srv2']);
  });
});

/** A server that counts how often its address is read. */
function counted(count: { reads: number }, name: string, address: string): ServerState {
  const { address: _, ...rest } = server(name, address);
  return Object.defineProperty(rest, 'address', {
    enumerable: true,
    get: () => {
      count.reads += 1;
      return address;
    },
  }) as ServerState;
}

it('the addresses of many servers are read a few times each, however many hosts there are', () => {
  const count = { reads: 0 };
  const foreign = Array.from({ length: 2000 }, (_, n) =>
    counted(count, `x${n}`, `10.1.${n >> 8}.${n & 255}`),
  );
  const hosts = Array.from({ length: 200 }, (_, n) => ({
    name: `web-b-${n}`,
    address: `198.18.3.${n}`,
    port: 8080,
  }));
  const { byHost, doubts } = matchMembers(foreign, hosts, hosts);
  expect([byHost.size, doubts]).toEqual([0, []]);
  expect(strangers(foreign, byHost, hosts)).toEqual(foreign);
  const at = serversByPlace(foreign);
  for (const host of hosts) expect(at(host)).toEqual([]);
  expect(count.reads).toBeLessThan(foreign.length * 8);
});

it.each([
  ['198.18.2.11', '198.18.2.11', true],
  ['198.18.2.11', '198.18.2.111', false],
  ['2001:db8::1', '2001:DB8:0:0::1', true],
  ['::ffff:198.18.2.11', '198.18.2.11', true],
  ['::1', '127.0.0.1', false],
  ['-', '198.18.2.11', false],
  ['-', '0.0.0.0', false],
])('%s and %s are one address: %s', (first, second, same) => {
  expect(isSameAddress(first, second)).toBe(same);
  expect(isSameAddress(second, first)).toBe(same);
});
