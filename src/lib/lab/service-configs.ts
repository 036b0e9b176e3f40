import {
  CARRIER,
  INTRANETS,
  RESOLVER,
  ROOM_ADDRESSES,
  ROOMS,
  type RoomName,
  SHOP_DOMAIN,
  SHOP_PORT,
} from './address-plan.js';
import { hostsOf, type LabHost, type Topology } from './topology.js';

export const BALANCER_SOCKET = '/run/haproxy/admin.sock';
export const SHOP_BACKEND = 'shop';

/** How a balancer checks one app host; both for `server` in the file and for `add server` of the runtime API. */
export const SERVER_CHECK = 'check inter 2s fall 2 rise 2';

/** /etc/haproxy/haproxy.cfg of a room's balancer. */
export function renderBalancerConfig(topology: Topology, room: RoomName): string {
  const servers = hostsOf(topology, 'web', room).map(
    ({ name, address }) => `  server ${name} ${address}:${SHOP_PORT} ${SERVER_CHECK}`,
  );
  return `global
  log stdout format raw local0 notice
  user haproxy
  group haproxy
  stats socket ${BALANCER_SOCKET} mode 660 level admin
  stats timeout 30s

defaults
  mode http
  log global
  option forwardfor
  timeout connect 2s
  timeout client 30s
  timeout server 30s

frontend http
  bind :80
  default_backend ${SHOP_BACKEND}

backend ${SHOP_BACKEND}
  balance roundrobin
  option httpchk GET /healthz
${servers.join('\n')}
`;
}

/** The resolver for users and hosts: it answers the shop's name with the entries of both rooms. */
export function renderResolverConfig(): string {
  const answers = ROOMS.map((room) => `  local-data: "${SHOP_DOMAIN}. 5 IN A ${ROOM_ADDRESSES[room].entry}"`);
  return `server:
  interface: 0.0.0.0
  access-control: ${CARRIER} allow
  access-control: ${INTRANETS} allow
  module-config: "iterator"
  local-zone: "shop.test." static
${answers.join('\n')}
`;
}

export function renderResolvConf(): string {
  return `nameserver ${RESOLVER}\n`;
}

/** /etc/hosts of every host, and for what `lab run` starts. */
export function renderHostsFile(hosts: readonly LabHost[]): string {
  return ['127.0.0.1 localhost', ...hosts.map(({ name, address }) => `${address} ${name}`), ''].join('\n');
}

/** The environment of the shop, as in its configuration: first the common values, then the room's. */
export const SHOP_ENV = {
  common: { PORT: String(SHOP_PORT), LOG_LEVEL: 'info' },
  rooms: {
    A: { ROOM: 'A', ROOM_ENTRY: `http://${ROOM_ADDRESSES.A.entry}`, BALANCER: ROOM_ADDRESSES.A.balancer },
    B: { ROOM: 'B', ROOM_ENTRY: `http://${ROOM_ADDRESSES.B.entry}`, BALANCER: ROOM_ADDRESSES.B.balancer },
  },
} as const;

/** /etc/shop/env of a room, as a push of that configuration writes it. */
export function renderShopEnv(room: RoomName): string {
  const values = { ...SHOP_ENV.common, ...SHOP_ENV.rooms[room] };
  const lines = Object.entries(values).map(([key, value]) => `${key}="${value}"\n`);
  return lines.sort().join('');
}
