import type { Config, DnsZone } from '../../../src/lib/config/config-types.js';
import type { AuthorityAnswer, ZoneReport } from '../../../src/lib/dns/read-zones.js';
import { weightedSet } from '../../../src/lib/layers/dns/powerdns/lua.js';
import { recordSet } from '../../../src/lib/layers/dns/records.js';

export const A = '203.0.113.101';
export const B = '203.0.113.102';

const rooms = new Map([
  ['A', [A]],
  ['B', [B]],
]);
const both = new Map([
  ['A', 100],
  ['B', 100],
]);

export const SHOP: DnsZone = {
  name: 'shop.test',
  provider: {
    kind: 'powerdns',
    servers: new Map([
      ['A', 'dns-a'],
      ['B', 'dns-b'],
    ]),
    listen: { address: '127.0.0.1', port: 53 },
    api: 'http://127.0.0.1:8081',
    key: { secret: 'PDNS' },
  },
  names: new Map([
    ['www', { name: 'www', class: 'web', ttlSeconds: 5, rooms, steady: both }],
    [
      '@',
      {
        name: '@',
        class: 'web',
        ttlSeconds: 5,
        rooms,
        steady: new Map([
          ['A', 100],
          ['B', 0],
        ]),
      },
    ],
  ]),
  excused: ['status'],
  resolvers: [],
};

export const CONFIG: Pick<Config, 'rooms' | 'dns'> = {
  rooms: new Map([
    [
      'A',
      {
        name: 'A',
        title: 'A',
        network: '198.18.1.0/24',
        gateway: undefined,
        hosts: new Map(),
        spare: new Map(),
      },
    ],
  ]),
  dns: new Map([['shop.test', SHOP]]),
};

export const answerOf = (authority: string, over: Partial<AuthorityAnswer> = {}): AuthorityAnswer => ({
  zone: 'shop.test',
  authority,
  room: authority === 'dns-a' ? 'A' : 'B',
  sets: [recordSet('www', 'A', 5, [A, B]), recordSet('@', 'A', 5, [A])],
  answers: [
    { name: 'www', status: 'NOERROR', addresses: [A, B] },
    { name: '@', status: 'NOERROR', addresses: [A] },
  ],
  state: null,
  ...over,
});

/** One authority as declared, one that somebody has changed. */
export const DRIFTED: ZoneReport = {
  zones: [SHOP],
  answers: [
    answerOf('dns-a'),
    answerOf('dns-b', {
      sets: [
        weightedSet('www', 5, [
          { address: A, weight: 90 },
          { address: B, weight: 10 },
        ]),
        recordSet('@', 'A', 5, [A]),
        recordSet('old', 'A', 60, [B]),
        recordSet('db', 'A', 60, ['198.18.1.40']),
        recordSet('auto', 'LUA', 5, [`A "ifurlup('http://x/', {{'${A}','${B}'}})"`]),
        recordSet('mail', 'A', 60, ['192.0.2.1']),
        recordSet('status', 'A', 60, [A]),
        recordSet('m', 'CNAME', 60, ['www.shop.test']),
      ],
      answers: [
        { name: 'www', status: 'NOERROR', addresses: [B] },
        { name: '@', status: 'SERVFAIL', addresses: [] },
      ],
    }),
  ],
  silent: [],
};

export const DARK: ZoneReport = {
  zones: [SHOP],
  answers: [answerOf('dns-a')],
  silent: [{ zone: 'shop.test', authority: 'dns-b', room: 'B', message: 'no answer' }],
};
