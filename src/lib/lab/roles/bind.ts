import { ROOM_ADDRESSES, ROOMS, type RoomName } from '../address-plan.js';
import type { LabRole, RoleHost } from './role.js';
import { SHOP_NAME } from './shop-name.js';

const KEY_VARIABLE = 'LAB_TSIG_KEY';
const SECRET = Buffer.from('lab-secret-lab-secret-lab-secret').toString('base64');

/**
 * BIND 9 in each room, each authoritative for a zone that is changed by RFC 2136: a client with the key may change its
 * content.
 */
export const BIND: LabRole = {
  packages: ['bind9'],
  layerFiles: [],
  hosts: () => ROOMS.map(authority),
  layers: () => ({
    dns: {
      [ZONE]: {
        provider: 'rfc2136',
        servers: { A: nameOf('A'), B: nameOf('B') },
        key: { name: KEY_NAME, secret: `\${${KEY_VARIABLE}}` },
        names: { www: SHOP_NAME },
      },
    },
  }),
  secrets: { [KEY_VARIABLE]: SECRET },
};

const nameOf = (room: RoomName) => `bind-${room.toLowerCase()}`;
const KEY_NAME = 'lab-key';

const ZONE = 'biz.test';
const PUBLISHED: Readonly<Record<RoomName, string>> = { A: '203.0.113.55', B: '203.0.113.56' };
const ZONE_FILE = `/var/lib/bind/${ZONE}`;

function authority(room: RoomName): RoleHost {
  return {
    name: nameOf(room),
    title: 'DNS authority (BIND)',
    room,
    address: `${ROOM_ADDRESSES[room].prefix}.92`,
    hasPackages: true,
    published: { address: PUBLISHED[room], port: 53 },
    files: [
      { path: '/etc/bind/named.conf.options', content: OPTIONS },
      { path: '/etc/bind/named.conf.local', content: ZONES },
      { path: `/etc/bind/${ZONE}.first`, content: zone() },
      { path: '/etc/systemd/system/named.service.d/lab.conf', content: FIRST_START },
    ],
    units: ['named'],
    ready: `dig +short +time=1 +tries=1 @127.0.0.1 www.${ZONE} | grep -q '^[0-9]'`,
  };
}

const OPTIONS = `options {
  directory "/var/cache/bind";
  listen-on { any; };
  listen-on-v6 { none; };
  recursion no;
  allow-query { any; };
  dnssec-validation no;
  empty-zones-enable no;
};
`;

const ZONES = `key "${KEY_NAME}" {
  algorithm hmac-sha256;
  secret "${SECRET}";
};
zone "${ZONE}" {
  type primary;
  file "${ZONE_FILE}";
  update-policy { grant ${KEY_NAME} zonesub ANY; };
};
`;

// From then on the file belongs to the server, with later changes in it.
const FIRST_START = `[Service]
ExecStartPre=+/bin/sh -c '[ -s ${ZONE_FILE} ] || install -o bind -g bind /etc/bind/${ZONE}.first ${ZONE_FILE}'
`;

function zone(): string {
  return `$TTL 60
@ IN SOA ns1 hostmaster 1 60 30 600 5
@ IN NS ns1
@ IN NS ns2
ns1 IN A ${PUBLISHED.A}
ns2 IN A ${PUBLISHED.B}
${ROOMS.map((room) => `www 5 IN A ${ROOM_ADDRESSES[room].entry}`).join('\n')}
`;
}
