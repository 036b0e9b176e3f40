import { describe, expect, it } from 'vitest';
import type { DnsZone } from '../../../src/lib/config/config-types.js';
import type { DnsFacts } from '../../../src/lib/dns/change-facts.js';
import type { AuthorityAnswer } from '../../../src/lib/dns/read-zones.js';
import { planDnsSet } from '../../../src/lib/dns/set-plan.js';
import {
  type DnsSetWords,
  type DnsUnsetWords,
  parseDnsSet,
  parseDnsUnset,
} from '../../../src/lib/dns/set-request.js';
import type { DeviceState } from '../../../src/lib/guard/generation.js';
import { weightedSet } from '../../../src/lib/layers/dns/powerdns/lua.js';
import { type RecordSet, recordSet } from '../../../src/lib/layers/dns/records.js';
import { planChecksum } from '../../../src/lib/plan/checksum.js';
import { host } from '../ledger/fixture.js';
import { A, answerOf, B, DARK, SHOP } from './sample-zones.js';

const BIND: DnsZone = {
  ...SHOP,
  provider: {
    kind: 'rfc2136',
    servers: new Map([['A', 'dns-a']]),
    listen: { address: '127.0.0.1', port: 53 },
    key: { name: 'k', algorithm: 'hmac-sha256', secret: { secret: 'TSIG' } },
  },
};
const config = (zone: DnsZone) => ({ dns: new Map([[zone.name, zone]]) });
const CLOSED: DeviceState = { generation: { number: 0, id: '-' }, phase: 'closed', operation: '-' };
const both = recordSet('www', 'A', 5, [A, B]);
const shares = (a: number, b: number) => [
  { address: A, weight: a },
  { address: B, weight: b },
];

const factsOf = (answers: readonly AuthorityAnswer[], over: Partial<DnsFacts> = {}): DnsFacts => ({
  zones: [],
  answers,
  silent: [],
  file: '/etc/kuafu.config.yaml',
  hosts: ['dns-a', 'dns-b'].map((name) => host(name, 'A', 'member')),
  holders: new Map(),
  ...over,
});

interface Asked {
  readonly zone?: DnsZone;
  readonly at?: readonly Partial<AuthorityAnswer>[];
  readonly facts?: Partial<DnsFacts>;
}

/** What is planned where both authorities have `www` at both rooms, unless told otherwise. */
function planned(
  words: Partial<DnsSetWords & DnsUnsetWords>,
  { zone = SHOP, at = [{}, {}], facts }: Asked = {},
) {
  const all = { names: ['www.shop.test'], ...words };
  const request = 'room' in words ? parseDnsUnset(all, config(zone)) : parseDnsSet(all, config(zone));
  const answers = at.map((over, index) =>
    answerOf(index === 0 ? 'dns-a' : 'dns-b', { sets: [both], state: CLOSED, ...over }),
  );
  const found = planDnsSet(request, factsOf(answers, { zones: request.zones, ...facts }));
  const refused = found.plan.risks.flatMap(({ level, message }) => (level === 'refuse' ? [message] : []));
  return { ...found, refused, after: [...new Set(found.rows.map(({ after }) => after))].join('; ') };
}

const at = (set: RecordSet | null) => [{ sets: set ? [set] : [] }, { sets: set ? [set] : [] }];
const lua = (a: number, b: number) => weightedSet('www', 5, shares(a, b));

describe('names are led', () => {
  it.each<readonly [string, Partial<DnsSetWords & DnsUnsetWords>, Asked, string]>([
    ['to one room', { to: 'B' }, {}, 'B, 5s'],
    ['to rooms evenly', { to: 'A,B' }, { at: at(recordSet('www', 'A', 5, [A])) }, 'A and B, 5s'],
    ['by weight', { weights: 'A=90,B=10' }, {}, 'A 90% : B 10%, 5s'],
    ['by equal weights, which need none', { weights: 'A=50,B=50', ttl: '9s' }, { zone: BIND }, 'A and B, 9s'],
    ['as declared', { steady: true }, { at: at(lua(90, 10)) }, 'A and B, 5s'],
    ['with another TTL', { to: 'B', ttl: '1m' }, {}, 'B, 60s'],
    ['from nowhere', { to: 'B' }, { at: at(null) }, 'B, 5s'],
    ['from another name', { to: 'B' }, { at: at(recordSet('www', 'CNAME', 5, ['cdn.test'])) }, 'B, 5s'],
    ['without a room', { room: 'A' }, {}, 'B, 5s'],
    ['without a room that had a share', { room: 'A' }, { at: at(lua(90, 10)) }, 'B, 5s'],
    ['by their class', { names: [], class: 'web', to: 'B' }, {}, 'B, 5s'],
    ['nowhere else: they lead there', { to: 'A,B' }, {}, ''],
    ['nowhere else: the room is out', { room: 'A' }, { at: at(recordSet('www', 'A', 60, [B])) }, ''],
  ])('%s', (_, words, asked, after) => {
    const found = planned(words, asked);
    expect(found.refused).toEqual([]);
    expect(found.after).toBe(after);
    expect(found.plan.stages.length > 0).toBe(after !== '');
  });

  it('at all authorities in one plan: all are claimed and looked at before one is changed', () => {
    const state: DeviceState = {
      generation: { number: 7, id: 'k3f9' },
      phase: 'closed',
      operation: '261129-k3f9',
    };
    const { plan, rows } = planned({ to: 'B' }, { at: [{}, { state }] });
    expect(plan).toMatchObject({
      kind: 'dns-set',
      title: 'lead www.shop.test to B',
      locks: ['dns/shop.test'],
      scope: { apps: [], groups: [], rooms: ['A', 'B'] },
      wayBack: { when: 'on-failure' },
      risks: [{ level: 'note', message: 'users may have the old answer for 5s more, its TTL' }],
    });
    const steps = [...plan.stages, ...(plan.wayBack?.stages ?? [])].map(({ id, pass, lanes }) => [
      ...[id, pass],
      ...lanes.map(({ name, host: on, steps: own }) => [name, on, ...own.map((step) => step.id)].join(' ')),
    ]);
    expect(steps).toEqual([
      ['claim', 'all', 'dns-a dns-a claim check', 'dns-b dns-b claim check'],
      ['set', 'all', 'dns-a dns-a set', 'dns-b dns-b set'],
      ['close', 'all', 'dns-a dns-a close', 'dns-b dns-b close'],
      ['back', 'all', 'dns-a dns-a claim restore close', 'dns-b dns-b claim restore close'],
    ]);
    const claims = plan.stages[0]?.lanes.map(({ steps: [claim] }) => claim?.action);
    expect(claims).toMatchObject([
      { from: { number: 0, id: '-' }, number: 8 },
      { from: { number: 7, id: 'k3f9' }, number: 8 },
    ]);
    const [change] = plan.stages[1]?.lanes.map(({ steps: [set] }) => set?.action) ?? [];
    expect(change).toMatchObject({
      changes: [
        {
          name: 'www',
          type: 'A',
          from: { ttlSeconds: 5, values: [A, B] },
          to: { ttlSeconds: 5, values: [B] },
        },
      ],
    });
    expect(rows.map((row) => Object.values(row).join(' | '))).toEqual([
      'www.shop.test | dns-a | A and B, 5s | B, 5s',
      'www.shop.test | dns-b | A and B, 5s | B, 5s',
    ]);
  });

  it('the plan is data, the same whenever it is made, and names keys alone', () => {
    const { plan } = planned({ to: 'B' });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(planChecksum(plan)).toBe(planChecksum(planned({ to: 'B' }).plan));
    expect(JSON.stringify(plan)).toContain('{"secret":"PDNS"}');
  });

  it('an authority that knows no generation is changed without a claim, on no host', () => {
    const zone: DnsZone = { ...SHOP, provider: { kind: 'exec', program: ['/d.py'], timeoutMs: 1 } };
    const { plan } = planned({ to: 'B' }, { zone, at: [{ authority: '/d.py', room: null, state: null }] });
    const lanes = plan.stages.map(({ id, lanes: [lane] }) => [
      id,
      lane?.host,
      lane?.steps.map((step) => step.id),
    ]);
    expect(lanes).toEqual([
      ['claim', null, ['check']],
      ['set', null, ['set']],
    ]);
  });
});

describe('nothing is changed', () => {
  const mine: DeviceState = {
    generation: { number: 3, id: 'x' },
    phase: 'forward',
    operation: '261130-aaaa',
  };
  const held = { at: [{ state: mine }, {}] };
  it.each<readonly [string, Partial<DnsSetWords & DnsUnsetWords>, Asked, RegExp, RegExp]>([
    [
      'no room',
      { weights: 'A=0,B=0' },
      {},
      /^www\.shop\.test would lead nowhere/,
      /kuafu dns set www\.shop\.test --to B/,
    ],
    [
      'the only room',
      { room: 'A' },
      { at: at(recordSet('www', 'A', 5, [A])) },
      /would lead nowhere/,
      /--to B/,
    ],
    [
      'weights where there are none',
      { weights: 'A=90,B=10' },
      { zone: BIND },
      /rfc2136 knows none.*powerdns can/,
      /--to/,
    ],
    [
      'a way that is not known',
      { room: 'A' },
      { at: at(recordSet('www', 'CNAME', 5, ['cdn.test'])) },
      /in a way/,
      /--to/,
    ],
    [
      'an address of no room',
      { room: 'A' },
      { at: at(recordSet('www', 'A', 5, ['192.0.2.1'])) },
      /no room/,
      /--to/,
    ],
    [
      'authorities that disagree',
      { to: 'B' },
      { at: [{}, { sets: [recordSet('www', 'A', 5, [B])] }] },
      /disagree about www\.shop\.test: dns-a leads it to A and B, 5s, and dns-b leads it to B, 5s/,
      /kuafu dns set www\.shop\.test --steady/,
    ],
    [
      'one that is silent',
      { to: 'B' },
      { at: [{}], facts: { silent: DARK.silent } },
      /^dns-b could not be asked/,
      /kuafu dns status/,
    ],
    [
      'one that another ledger has',
      { to: 'B' },
      held,
      /by operation 261130-aaaa, which is not in this ledger/,
      /its ledger/,
    ],
    [
      'one that an operation has',
      { to: 'B' },
      { ...held, facts: { holders: new Map([['261130-aaaa', 'at work']]) } },
      /shop\.test at dns-a is claimed by operation 261130-aaaa/,
      /kuafu ops close 261130-aaaa/,
    ],
  ])('for %s, and what to type is said', (_, words, asked, message, hint) => {
    const found = planned(words, asked);
    expect(found.refused).toEqual([expect.stringMatching(message)]);
    expect(found.hint).toMatch(hint);
    expect(found.plan.stages).toEqual([]);
    expect(found.rows).toEqual([]);
  });

  it('what the configuration declares is set also where authorities disagree', () => {
    const found = planned({ steady: true }, { at: [{}, { sets: [recordSet('www', 'A', 5, [B])] }] });
    expect(found.refused).toEqual([]);
    expect(found.rows.map(({ authority }) => authority)).toEqual(['dns-b']);
  });

  it("an operation that is over, and could not let go, is in nobody's way", () => {
    const found = planned({ to: 'B' }, { ...held, facts: { holders: new Map([['261130-aaaa', 'over']]) } });
    expect(found.refused).toEqual([]);
    expect(found.plan.risks.map(({ message }) => message)).toContain(
      'shop.test at dns-a is still claimed by operation 261130-aaaa, which is over',
    );
  });
});

it('a room with several addresses has the weight of one room, also when another leaves', () => {
  const rooms = new Map([
    ['A', [A, '203.0.113.111']],
    ['B', [B]],
    ['C', ['203.0.113.103']],
  ]);
  const www = { name: 'www', class: 'web', ttlSeconds: 5, rooms, steady: new Map([['A', 100]]) };
  const zone: DnsZone = { ...SHOP, names: new Map([['www', www]]) };
  const unset = (sets: readonly RecordSet[], over: Partial<DnsZone> = {}) =>
    planned({ room: 'C' }, { zone: { ...zone, ...over }, at: [{ sets }, { sets }] });
  const plain = [recordSet('www', 'A', 5, [...rooms.values()].flat())];
  expect(unset(plain, { provider: BIND.provider }).after).toBe('A and B, 5s');
  const set = planned({ weights: 'A=60,B=20,C=20' }, { zone, at: at(null) });
  expect(set.after).toBe('A 60% : B 20% : C 20%, 5s');
  const [{ changes = [] } = {}] = set.plan.stages[1]?.lanes.map(
    ({ steps: [step] }) => step?.action as { changes?: readonly { to: RecordSet }[] },
  ) ?? [{}];
  const weighted = changes.map(({ to }) => recordSet('www', 'LUA', to.ttlSeconds, to.values));
  expect(unset(weighted).after).toBe('A 75% : B 25%, 5s');
});

describe('wrong words', () => {
  it.each<readonly [Partial<DnsSetWords & DnsUnsetWords>, string]>([
    [
      { to: 'B', names: ['ww.shop.test'] },
      "ww.shop.test is no name under layers.dns (did you mean 'www.shop.test'?)",
    ],
    [{ to: 'B', names: [] }, 'which names?'],
    [{ to: 'B', class: 'web' }, 'names and --class exclude each other'],
    [{ to: 'B', class: 'wbe', names: [] }, "no name under layers.dns has class wbe (did you mean 'web'?)"],
    [{}, 'where shall the names lead?'],
    [{ to: 'B', steady: true }, 'exclude each other'],
    [{ to: 'C' }, 'www.shop.test has no address in room C'],
    [{ to: 'A,,B' }, '--to is "A,,B"'],
    [{ to: 'A,A' }, '--to is "A,A"'],
    [{ weights: 'A' }, '--weights is "A"'],
    [{ weights: 'A=101' }, '--weights is "A=101"'],
    [{ weights: 'A=1,A=2' }, '--weights is'],
    [{ to: 'B', ttl: '5' }, '--ttl: 5 has no unit'],
    [{ to: 'B', ttl: '500ms' }, '--ttl: 500ms is too short; the least is 1s'],
    [{ to: 'B', ttl: '0s' }, '--ttl: 0s is too short; the least is 1s'],
    [{ to: 'B', ttl: '1.5s' }, '--ttl is 1.5s; a TTL is whole seconds'],
    [{ room: undefined }, 'which room?'],
    [{ room: 'b' }, "has no address in room b (did you mean 'B'?)"],
  ])('%j', (words, message) => {
    expect(() => planned(words)).toThrow(message);
  });

  it('names are those of users: in capitals, with a last dot, the zone itself', () => {
    const { zones } = parseDnsSet({ names: ['WWW.Shop.test.', 'shop.test'], to: 'B' }, config(SHOP));
    expect(zones.map(({ names }) => [...names.keys()])).toEqual([['www', '@']]);
  });
});
