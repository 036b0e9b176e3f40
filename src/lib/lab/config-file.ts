import { fold } from '../names/fold.js';
import { networkOf, ROOM_ADDRESSES, ROOMS, type RoomName, SHOP_PORT } from './address-plan.js';
import type { LabPaths } from './paths.js';
import type { LabRole } from './roles/role.js';
import { ROLES } from './roles/roles.js';
import { BALANCER_SOCKET, SHOP_BACKEND, SHOP_ENV } from './service-configs.js';
import { hostsOf, type LabHost, type Topology } from './topology.js';

/** Each kind is a numbered series with one stem. */
const ROOM_MEMBERS = ['balancer', 'web'] as const;

const TITLES: Readonly<Record<RoomName, string>> = { A: 'Hangzhou A', B: 'Hangzhou B' };

/** The ordinary kuafu configuration for a lab, ready to be written as YAML. */
function labConfig(topology: Topology, paths: LabPaths): object {
  return {
    ssh: {
      user: 'root',
      identityFile: paths.identity,
      knownHosts: paths.knownHosts,
      hostKeys: 'accept-new',
      configFile: 'none',
      connectTimeout: '10s',
    },
    ledger: `sqlite:${paths.ledger}`,
    rooms: byRoom((room) => roomConfig(topology, room)),
    apps: { shop: shopConfig(topology) },
    ...layersOf(topology),
  };
}

/** The layers of the roles that the lab has. Several roles may have zones of their own in one section. */
function layersOf({ roles }: Topology): object {
  const layers: Record<string, object> = {};
  for (const role of roles)
    for (const [section, content] of Object.entries((ROLES[role] as LabRole).layers()))
      layers[section] = { ...layers[section], ...content };
  return Object.keys(layers).length === 0 ? {} : { layers };
}

/** The configuration file, with notes for the reader at its top. */
export async function renderLabConfig(topology: Topology, paths: LabPaths): Promise<string> {
  const { stringify } = await import('yaml');
  const heading = `# Written by "kuafu lab up", anew when the lab grows. It goes away with "kuafu lab down --name ${topology.name}".\n`;
  return heading + stringify(labConfig(topology, paths), { lineWidth: 0, singleQuote: true });
}

function roomConfig(topology: Topology, room: RoomName): object {
  const { outOfBand, gateway } = ROOM_ADDRESSES[room];
  const members = ROOM_MEMBERS.map((kind) => hostsOf(topology, kind, room));
  const services = hostsOf(topology, 'service', room).map((host) => [host]);
  const spare = hostsOf(topology, 'spare', room);
  return {
    title: TITLES[room],
    network: networkOf(room),
    gateway: { host: `gw-${room.toLowerCase()}`, address: gateway, outOfBand },
    hosts: Object.assign({}, ...[...members, ...services].map(nodeSet)),
    ...(spare.length === 0 ? {} : { spare: nodeSet(spare) }),
  };
}

function shopConfig(topology: Topology): object {
  return {
    service: 'shop.service',
    user: 'shop',
    files: ['/opt/shop', '/etc/systemd/system/shop.service'],
    exclude: ['/opt/shop/run'],
    health: { http: `http://{address}:${SHOP_PORT}/healthz`, passes: 3, within: '30s' },
    env: { file: '/etc/shop/env', common: SHOP_ENV.common, rooms: SHOP_ENV.rooms },
    logs: { files: ['/var/log/shop/*.log'], journal: 'shop.service' },
    version: { file: '/opt/shop/VERSION' },
    traffic: {
      haproxy: byRoom((room) => `lb-${room.toLowerCase()}`),
      socket: BALANCER_SOCKET,
      backend: SHOP_BACKEND,
      port: SHOP_PORT,
    },
    groups: { web: byRoom((room) => fold(hostsOf(topology, 'web', room).map(({ name }) => name))) },
  };
}

function byRoom<T>(value: (room: RoomName) => T): Record<RoomName, T> {
  const [a, b] = ROOMS;
  return { [a]: value(a), [b]: value(b) } as Record<RoomName, T>;
}

/** `web-a-[01-02]: 198.18.1.[11-12]`: numbers and addresses of a series both count up, so both fold to one range. */
function nodeSet(hosts: readonly LabHost[]): Record<string, string> {
  return { [fold(hosts.map(({ name }) => name))]: fold(hosts.map(({ address }) => address)) };
}
