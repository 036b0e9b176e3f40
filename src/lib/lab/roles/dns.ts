import { hostScript } from '../../../host-script.js';
import { CARRIER, INTRANETS, ROOM_ADDRESSES, ROOMS, type RoomName, SHOP_DOMAIN } from '../address-plan.js';
import type { LabRole, RoleHost } from './role.js';
import { SHOP_NAME } from './shop-name.js';

const API_KEY = 'lab-key';
const KEY_VARIABLE = 'LAB_DNS_KEY';

/**
 * PowerDNS in each room, each authoritative for the zone of the shop, with the HTTP API and Lua records. On the carrier's
 * side there is a resolver that asks both at their published addresses, and keeps an answer only for its TTL.
 */
export const DNS: LabRole = {
  packages: ['pdns-server', 'pdns-backend-sqlite3', 'pdns-tools', 'sqlite3'],
  layerFiles: [],
  hosts: () => [...ROOMS.map(authority), cache()],
  layers: () => ({
    dns: {
      [ZONE]: {
        provider: 'powerdns',
        servers: { A: nameOf('A'), B: nameOf('B') },
        key: `\${${KEY_VARIABLE}}`,
        names: { www: SHOP_NAME },
      },
    },
  }),
  secrets: { [KEY_VARIABLE]: API_KEY },
};

const nameOf = (room: RoomName) => `dns-${room.toLowerCase()}`;

const ZONE = 'shop.test';
const PUBLISHED: Readonly<Record<RoomName, string>> = { A: '203.0.113.53', B: '203.0.113.54' };
const CACHE_ADDRESS = '203.0.113.3';

function authority(room: RoomName): RoleHost {
  return {
    name: nameOf(room),
    title: 'DNS authority',
    room,
    address: `${ROOM_ADDRESSES[room].prefix}.91`,
    hasPackages: true,
    published: { address: PUBLISHED[room], port: 53 },
    files: [
      { path: '/etc/powerdns/pdns.d/lab.conf', content: SERVER },
      { path: `/etc/powerdns/${ZONE}.zone`, content: zone() },
      { path: '/etc/powerdns/first-start.sh', content: hostScript('lab/roles/dns-first-start') },
      { path: '/etc/systemd/system/pdns.service.d/lab.conf', content: FIRST_START },
    ],
    units: ['pdns'],
    ready: answers(),
  };
}

const DATABASE = '/var/lib/powerdns/pdns.sqlite3';

// Nothing is cached: a change is visible at once. Each authority checks health from its own room.
const SERVER = `launch=gsqlite3
gsqlite3-database=${DATABASE}
local-address=0.0.0.0
enable-lua-records=yes
lua-health-checks-interval=1
api=yes
api-key=${API_KEY}
webserver=yes
webserver-address=0.0.0.0
webserver-allow-from=127.0.0.1,${INTRANETS},${CARRIER}
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
`;

const FIRST_START = `[Service]
ExecStartPre=+/bin/sh /etc/powerdns/first-start.sh ${DATABASE} ${ZONE} /etc/powerdns/${ZONE}.zone
`;

/** `www` is both rooms, as in the lab's other resolver; `auto` is the rooms that the authority sees healthy. */
function zone(): string {
  const entries = ROOMS.map((room) => ROOM_ADDRESSES[room].entry);
  const health = `ifurlup('http://${SHOP_DOMAIN}/healthz', {{${entries.map((entry) => `'${entry}'`).join(',')}}}, {timeout=1, selector='all'})`;
  return `$ORIGIN ${ZONE}.
$TTL 60
@ IN SOA ns1 hostmaster 1 60 30 600 5
@ IN NS ns1
@ IN NS ns2
ns1 IN A ${PUBLISHED.A}
ns2 IN A ${PUBLISHED.B}
${entries.map((entry) => `www 5 IN A ${entry}`).join('\n')}
auto 5 IN LUA A "${health}"
`;
}

function cache(): RoleHost {
  return {
    name: 'cache',
    title: 'caching resolver',
    room: undefined,
    address: CACHE_ADDRESS,
    hasPackages: false,
    files: [{ path: '/etc/unbound/unbound.conf.d/lab.conf', content: CACHE }],
    units: ['unbound'],
    ready: answers(),
  };
}

// `test.` is a name that unbound itself answers as empty (RFC 6761).
const CACHE = `server:
  interface: 0.0.0.0
  access-control: ${CARRIER} allow
  access-control: ${INTRANETS} allow
  module-config: "iterator"
  local-zone: "test." transparent
  infra-host-ttl: 5
  infra-cache-min-rtt: 50
stub-zone:
  name: "${ZONE}"
${ROOMS.map((room) => `  stub-addr: ${PUBLISHED[room]}`).join('\n')}
`;

/** Its first question also starts the health checks, and is answered before their result. */
function answers(): string {
  const asked = [SHOP_DOMAIN, `auto.${ZONE}`].map(
    (name) => `dig +short +time=1 +tries=1 @127.0.0.1 ${name} | grep -q '^[0-9]'`,
  );
  return asked.join(' && ');
}
