import { expect, test } from 'vitest';
import { addressCommands, wireCommands } from '../../../src/lib/lab/network.js';
import { namespacePrefix } from '../../../src/lib/lab/paths.js';
import { ROLE_NAMES } from '../../../src/lib/lab/roles/role-names.js';
import { DEFAULT_SIZES } from '../../../src/lib/lab/sizes.js';
import { buildTopology, hostsOf, type LabHost } from '../../../src/lib/lab/topology.js';

const FULL = { hosts: 80, spare: { A: 154, B: 154 } };

function named(name: string, sizes = DEFAULT_SIZES): LabHost {
  const host = buildTopology('t', sizes).hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return host;
}

test('a lab of the default size', () => {
  expect(buildTopology('t', DEFAULT_SIZES).hosts.map(({ name }) => name)).toEqual([
    ...['gw-a', 'gw-b', 'ctl', 'resolver', 'client', 'web-a-01', 'web-a-02', 'web-b-01', 'web-b-02'],
    ...['lb-a', 'lb-b', 'new-a-01', 'new-a-02'],
    ...Array.from({ length: 24 }, (_, index) => `new-b-${String(index + 1).padStart(2, '0')}`),
  ]);
});

test('the largest lab has its hosts, and those of roles where they are asked for', () => {
  const { hosts } = buildTopology('t', FULL);
  expect(hosts).toHaveLength(7 + 2 * 80 + 2 * 154);
  const services = buildTopology('t', FULL, ROLE_NAMES).hosts.filter(({ kind }) => kind === 'service');
  expect(new Set(services.map(({ service }) => service?.role))).toEqual(new Set(ROLE_NAMES));
});

test.each([[[]], [ROLE_NAMES]])(
  'addresses and names with the roles %j are unique, each on its own segment',
  (roles) => {
    const { hosts } = buildTopology('t', FULL, roles);
    expect(new Set(hosts.map(({ name }) => name)).size).toBe(hosts.length);
    const prefixes = {
      'room-a': '198.18.1.',
      'room-b': '198.18.2.',
      backbone: '198.18.0.',
      carrier: '203.0.113.',
    };
    const links = hosts.flatMap((host) => host.links);
    for (const { segment, addresses } of links) {
      for (const address of addresses) expect(address.startsWith(prefixes[segment])).toBe(true);
    }
    const addresses = links.flatMap((link) => link.addresses);
    expect(new Set(addresses).size).toBe(addresses.length);
    // A port of a switch has the host's name, and the kernel takes 15 characters (IFNAMSIZ).
    for (const { name } of hosts) expect(name.length).toBeLessThanOrEqual(15);
  },
);

test('a larger lab holds the hosts of a smaller one unchanged', () => {
  for (const roles of [[], ROLE_NAMES]) {
    const small = buildTopology('t', DEFAULT_SIZES, roles).hosts;
    expect(buildTopology('t', FULL, roles).hosts).toEqual(expect.arrayContaining([...small]));
  }
});

test('the last addresses of a series', () => {
  expect(named('web-a-80', FULL).address).toBe('198.18.1.90');
  expect(named('new-b-154', FULL).address).toBe('198.18.2.254');
  expect(hostsOf(buildTopology('t', FULL), 'spare', 'A')).toHaveLength(154);
});

test('a gateway is wired to its room, the backbone and the carrier', () => {
  expect(wireCommands('t', named('gw-b'))).toEqual([
    'netns add kuafu.t.gw-b',
    'link add eth0 netns kuafu.t.gw-b type veth peer name gw-b netns kuafu.t.room-b',
    'link add eth1 netns kuafu.t.gw-b type veth peer name gw-b netns kuafu.t.backbone',
    'link add eth2 netns kuafu.t.gw-b type veth peer name gw-b netns kuafu.t.carrier',
  ]);
  expect(addressCommands(named('gw-b'))).toEqual([
    'link set lo up',
    'addr add 198.18.2.1/24 dev eth0',
    'link set eth0 up',
    'addr add 198.18.0.2/24 dev eth1',
    'link set eth1 up',
    'addr add 203.0.113.12/24 dev eth2',
    'addr add 203.0.113.102/24 dev eth2',
    'link set eth2 up',
    'route add 198.18.1.0/24 via 198.18.0.1',
  ]);
});

test('only room hosts have a default route, and it ends at their gateway', () => {
  for (const { kind, routes } of buildTopology('t', DEFAULT_SIZES).hosts) {
    const isRoomHost = kind === 'web' || kind === 'spare' || kind === 'balancer';
    expect(routes.some(({ to }) => to === 'default')).toBe(isRoomHost);
  }
});

test('the prefix of one lab is not that of another', () => {
  expect(namespacePrefix('a-b').startsWith(namespacePrefix('a'))).toBe(false);
});
