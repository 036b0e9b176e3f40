import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { DnsName, DnsZone, HttpCheck } from '../../../src/lib/config/config-types.js';
import { type EntryState, entriesOf, readEntries } from '../../../src/lib/dns/entries.js';
import type { AuthorityAnswer } from '../../../src/lib/dns/read-zones.js';
import { planDnsSwitch } from '../../../src/lib/dns/switch-plan.js';
import { type DnsSwitchWords, parseDnsSwitch } from '../../../src/lib/dns/switch-request.js';
import { weightedSet } from '../../../src/lib/layers/dns/powerdns/lua.js';
import { type RecordSet, recordSet } from '../../../src/lib/layers/dns/records.js';
import { planChecksum } from '../../../src/lib/plan/checksum.js';
import { A, answerOf, B, DARK, SHOP } from './sample-zones.js';

const C = '203.0.113.103';
const check: HttpCheck = { http: 'http://{address}/healthz', status: [[200, 299]], timeoutMs: 1000 };
const www: DnsName = {
  name: 'www',
  class: 'web',
  app: 'shop',
  ttlSeconds: 5,
  rooms: new Map([
    ['A', [A]],
    ['B', [B]],
    ['C', [C]],
  ]),
  steady: new Map([['A', 100]]),
  health: check,
};
const api: DnsName = { ...www, name: 'api', class: 'openapi', app: undefined };
const only: DnsName = { ...api, name: 'only', rooms: new Map([['A', [A]]]) };
const zoneOf = (...names: readonly DnsName[]): DnsZone => ({
  ...SHOP,
  names: new Map(names.map((name) => [name.name, name])),
  resolvers: ['203.0.113.3'],
});
const words: DnsSwitchWords = { from: 'A', to: 'B' };
const config = (zone: DnsZone) => ({ dns: new Map([[zone.name, zone]]) });

interface Asked {
  readonly zone?: DnsZone;
  readonly words?: DnsSwitchWords;
  readonly at?: readonly Partial<AuthorityAnswer>[];
  readonly entries?: readonly EntryState[];
  readonly silent?: typeof DARK.silent;
}

/** What is planned where both authorities have these sets. */
function planned(sets: readonly RecordSet[], asked: Asked = {}) {
  const { zone = zoneOf(www), at = [{}, {}], entries = [], silent = [] } = asked;
  const request = parseDnsSwitch(asked.words ?? words, config(zone));
  const answers = at.map((over, index) => answerOf(index === 0 ? 'dns-a' : 'dns-b', { sets, ...over }));
  const facts = { zones: request.zones, answers, silent, file: '/k.yaml', hosts: [], holders: new Map() };
  const { plan, rows, hint } = planDnsSwitch(request, facts, entries);
  const told = (level: string) =>
    plan.risks.filter((risk) => risk.level === level).map(({ message }) => message);
  const after = [...new Set(rows.map(({ name, after: then }) => `${name} ${then}`))];
  return { plan, hint, after, refused: told('refuse'), notes: told('note') };
}

const shares = (...weights: readonly number[]) =>
  [A, B, C]
    .map((address, index) => ({ address, weight: weights[index] ?? 0 }))
    .filter(({ weight }) => weight > 0);
const lua = (...weights: readonly number[]) => [weightedSet('www', 5, shares(...weights))];
const plain = (...addresses: readonly string[]) => [recordSet('www', 'A', 5, addresses)];

describe('a name that leads to the room', () => {
  it.each<readonly [string, readonly RecordSet[], string]>([
    ['alone is led to the other', plain(A), 'B, 5s'],
    ['and to the other loses it', plain(A, B), 'B, 5s'],
    ['and to a third keeps that', plain(A, C), 'B and C, 5s'],
    ['and to both keeps both', plain(A, B, C), 'B and C, 5s'],
    ['by weight gives its share to a room that had none', lua(70, 0, 30), 'B 70% : C 30%, 5s'],
    ['by weight leaves the others as they were beside each other', lua(50, 10, 40), 'B 20% : C 80%, 5s'],
    ['by weight and to the other alone is led there', lua(90, 10), 'B, 5s'],
    ['with another TTL gets the declared one', [recordSet('www', 'A', 60, [A])], 'B, 5s'],
  ])('%s', (_, sets, after) => {
    const found = planned(sets);
    expect([found.refused, found.after]).toEqual([[], [`www.shop.test ${after}`]]);
  });

  it('and has no address in the other stays, and that is said', () => {
    const sets = [...plain(A), recordSet('only', 'A', 5, [A])];
    const found = planned(sets, { zone: zoneOf(www, only) });
    expect(found.after).toEqual(['www.shop.test B, 5s']);
    expect(found.notes).toContain(
      'left as it is, as it leads to A and has no address in room B: only.shop.test',
    );
    expect(found.plan.title).toBe('switch www.shop.test from A to B');
  });
});

describe('a name that does not lead to the room is said, and left', () => {
  it.each<readonly [string, readonly RecordSet[], string]>([
    ['the other room', plain(B), 'does not lead to A'],
    ['no room', plain('192.0.2.1'), 'does not lead to A'],
    ['nowhere', [], 'does not lead to A'],
    ['another name', [recordSet('www', 'CNAME', 5, ['cdn.test'])], 'leads to another name'],
  ])('to %s', (_, sets, why) => {
    const found = planned(sets);
    expect([found.refused, found.plan.stages]).toEqual([[], []]);
    expect(found.notes).toContain(`left as it is, as it ${why}: www.shop.test`);
  });
});

describe('is judged', () => {
  it('by every authority, and by the resolvers of the zone once, when it may be changed again', () => {
    const { plan } = planned(plain(A));
    const steps = [...plan.stages, ...(plan.wayBack?.stages ?? [])].map(({ id, lanes }) => [
      id,
      ...lanes.map(({ name, steps: own }) => [name, ...own.map((step) => step.id)].join(' ')),
    ]);
    expect(steps).toEqual([
      ['claim', 'dns-a check', 'dns-b check'],
      ['set', 'dns-a set', 'dns-b set'],
      ['answer', 'dns-a answer', 'dns-b answer'],
      ['forget', 'dns-a forget'],
      ['back', 'dns-a restore', 'dns-b restore'],
    ]);
    expect(plan).toMatchObject({ kind: 'dns-switch', locks: ['dns/shop.test'] });
    expect(plan.stages.at(-1)?.lanes[0]?.steps[0]?.action).toEqual({
      kind: 'dns.forget',
      zone: 'shop.test',
      resolvers: ['203.0.113.3'],
      old: [{ name: 'www.shop.test', addresses: [A] }],
      ttlSeconds: 5,
    });
    expect(planChecksum(plan)).toBe(planChecksum(planned(plain(A)).plan));
  });

  it('by nobody where there is no resolver, no check, and a long TTL: that is said', () => {
    const zone = { ...zoneOf({ ...www, health: undefined }), resolvers: [] };
    const { notes, plan } = planned([recordSet('www', 'A', 60, [A])], { zone });
    expect(notes).toEqual([
      'whether room B answers was not asked, without `health` for www.shop.test',
      'the TTL of www.shop.test is 60s, and 5s is declared',
      'how long resolvers keep the old answer is not judged: no `resolvers` for shop.test',
      'users may have the old answer for 60s more, its TTL',
    ]);
    expect(plan.stages.map(({ id }) => id)).not.toContain('forget');
  });
});

describe('the entry of the room that receives', () => {
  const entry = (state: 'sick' | 'unknown', name = 'www.shop.test'): EntryState => ({
    name,
    address: B,
    health: { state, reason: 'HTTP 503' },
  });

  it('refuses it where it is not healthy', () => {
    const { refused, hint, plan } = planned(plain(A), { entries: [entry('sick')] });
    expect(refused).toEqual([`the entry of room B for www.shop.test is not healthy: ${B}: HTTP 503`]);
    expect(hint).toBe('led there all the same: kuafu dns set www.shop.test --to B');
    expect(plan.stages).toEqual([]);
  });

  it('is said where it could not be asked', () => {
    const { refused, notes } = planned(plain(A), { entries: [entry('unknown')] });
    expect(refused).toEqual([]);
    expect(notes).toContain(`the entry of room B for www.shop.test could not be asked: ${B}: HTTP 503`);
  });

  it('of a name that is left is of no interest', () => {
    const found = planned(plain(B), { entries: [entry('sick')] });
    expect(found.refused).toEqual([]);
  });

  it('is asked as users ask it: healthy, sick or refused; unknown where nothing answers', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer(({ headers, url }, response) => {
      seen.push(headers.host);
      response.writeHead(Number(url?.slice(1))).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const stateAt = async (path: string) => {
      const rooms = new Map([['B', ['127.0.0.1']]]);
      const health = { ...check, http: `http://{address}:${path}` };
      const [found] = await readEntries(entriesOf({ zones: [zoneOf({ ...www, rooms, health })], to: 'B' }));
      return found?.health;
    };
    expect(await stateAt(`${port}/204`)).toEqual({ state: 'healthy' });
    expect(await stateAt(`${port}/503`)).toEqual({ state: 'sick', reason: 'HTTP 503' });
    expect(seen).toEqual(['www.shop.test', 'www.shop.test', 'www.shop.test']);
    await new Promise((resolve) => server.close(resolve));
    expect(await stateAt(`${port}/200`)).toMatchObject({ state: 'sick' });
  });
});

describe('nothing is changed', () => {
  it.each<readonly [string, readonly RecordSet[], Asked, RegExp, RegExp]>([
    [
      'authorities that disagree',
      plain(A),
      { at: [{}, { sets: plain(B) }] },
      /disagree about www\.shop\.test/,
      /--steady/,
    ],
    [
      'one that is silent',
      plain(A),
      { at: [{}], silent: DARK.silent },
      /^dns-b could not be asked/,
      /status/,
    ],
    [
      'a stranger beside the room',
      plain(A, '192.0.2.1'),
      {},
      /leads where no room is/,
      /dns set www\.shop\.test --to B/,
    ],
    [
      'a rule that is not known',
      [recordSet('www', 'LUA', 5, ['A "x()"'])],
      {},
      /in a way that kuafu does/,
      /--to B/,
    ],
  ])('for %s, and what to type is said', (_, sets, asked, message, hint) => {
    const found = planned(sets, asked);
    expect(found.refused).toEqual([expect.stringMatching(message)]);
    expect(found.hint).toMatch(hint);
    expect(found.plan.stages).toEqual([]);
  });
});

describe('the names are', () => {
  const zone = zoneOf(www, api, only);
  const chosen = (given: DnsSwitchWords) =>
    parseDnsSwitch({ ...words, ...given }, config(zone)).zones.flatMap(({ names }) => [...names.keys()]);

  it.each<readonly [DnsSwitchWords, readonly string[]]>([
    [{}, ['www', 'api', 'only']],
    [{ class: 'openapi' }, ['api', 'only']],
    [{ app: 'shop' }, ['www']],
    [{ name: ['API.shop.test.'] }, ['api']],
    [{ name: ['api.shop.test', 'www.shop.test'], class: 'web' }, ['www']],
  ])('of %j: %j', (given, names) => {
    expect(chosen(given)).toEqual(names);
  });

  it.each<readonly [DnsSwitchWords, string]>([
    [{ from: undefined }, 'from which room?'],
    [{ to: undefined }, 'to which room?'],
    [{ to: 'A' }, '--from and --to are both A'],
    [{ to: 'b' }, "no name under layers.dns has an address in room b (did you mean 'B'?)"],
    [{ name: ['ww.shop.test'] }, "did you mean 'www.shop.test'?"],
    [{ name: ['only.shop.test'] }, 'only.shop.test has no address in room B'],
    [{ class: 'wbe' }, "has class wbe (did you mean 'web'?)"],
    [{ app: 'shp' }, "has app shp (did you mean 'shop'?)"],
    [{ app: 'shop', class: 'openapi' }, 'no name is all of what --name, --class and --app say'],
  ])('refused with %j', (given, message) => {
    expect(() => chosen(given)).toThrow(message);
  });
});
