import { expect, it } from 'vitest';
import type { DnsZone } from '../../../src/lib/config/config-types.js';
import { planDnsPrepare } from '../../../src/lib/dns/prepare-plan.js';
import { planDnsSwitch } from '../../../src/lib/dns/switch-plan.js';
import { type DnsSwitchWords, parseDnsPrepare, parseDnsSwitch } from '../../../src/lib/dns/switch-request.js';
import { weightedSet } from '../../../src/lib/layers/dns/powerdns/lua.js';
import { type RecordSet, recordSet } from '../../../src/lib/layers/dns/records.js';
import { dnsWorld, withPlaces, ZONE } from '../../support/dns-world.js';
import { runUntil } from '../../support/simulated-drill.js';
import { A, answerOf, B, SHOP } from './sample-zones.js';

// `kuafu dns switch --prepare`: the names that a switch would move get a short TTL beforehand.
const words: DnsSwitchWords = { from: 'A', to: 'B', prepare: true };
const config = (zone: DnsZone) => ({ dns: new Map([[zone.name, zone]]) });

function planned(sets: readonly RecordSet[], given: DnsSwitchWords = {}, zone: DnsZone = SHOP) {
  const request = parseDnsPrepare({ ...words, ...given }, config(zone));
  const answers = ['dns-a', 'dns-b'].map((name) => answerOf(name, { sets }));
  const facts = { zones: request.zones, answers, silent: [], file: '/k.yaml', hosts: [], holders: new Map() };
  const { plan, rows } = planDnsPrepare(request, facts);
  const told = (level: string) =>
    plan.risks.filter((risk) => risk.level === level).map(({ message }) => message);
  const changed = [...new Set(rows.map(({ name, before, after }) => `${name}: ${before} -> ${after}`))];
  return { plan, changed, refused: told('refuse'), notes: told('note') };
}

const of = (name: string, ttl: number, ...values: readonly string[]) => recordSet(name, 'A', ttl, values);

it('shortens the TTL of names that lead to the room, and of no other', () => {
  const found = planned([of('www', 300, A, B), of('@', 300, B)]);
  expect(found.changed).toEqual(['www.shop.test: A and B, 300s -> A and B, 5s']);
  expect(found.notes).toEqual(['resolvers may keep the old TTL for 300s more']);
  expect(found.plan).toMatchObject({
    kind: 'dns-prepare',
    title: 'prepare the switch of www.shop.test from A to B: TTL 5s',
    locks: ['dns/shop.test'],
  });
  expect(found.plan.stages.map(({ id }) => id)).toEqual(['claim', 'set']);
});

it.each<readonly [string, readonly RecordSet[], DnsSwitchWords, readonly string[]]>([
  ['leaves a TTL that is as short', [of('www', 5, A)], {}, []],
  ['leaves one that is shorter', [of('www', 2, A)], {}, []],
  ['takes the TTL that is typed', [of('www', 300, A)], { ttl: '30s' }, ['www.shop.test: A, 300s -> A, 30s']],
  [
    'takes names that are answered by weight',
    [
      weightedSet('www', 60, [
        { address: A, weight: 9 },
        { address: B, weight: 1 },
      ]),
    ],
    {},
    ['www.shop.test: A 90% : B 10%, 60s -> A 90% : B 10%, 5s'],
  ],
])('%s', (_, sets, given, changed) => {
  const found = planned(sets, given);
  expect([found.refused, found.changed]).toEqual([[], changed]);
});

it('refuses what a switch would refuse', () => {
  const { refused, plan } = planned([recordSet('www', 'LUA', 300, ['A "x()"'])]);
  expect(refused).toEqual([expect.stringContaining('www.shop.test leads where no room is')]);
  expect(plan.stages).toEqual([]);
});

it('says where users follow later than they should, also before a switch', () => {
  const zone = { ...SHOP, recoverySeconds: 20 };
  expect(planned([of('www', 300, A)], { ttl: '30s' }, zone).notes).toContain(
    'with its TTL of 30s users of www.shop.test follow later than the recovery time of shop.test, 20s',
  );
  expect(planned([of('www', 300, A)], {}, zone).notes).toHaveLength(1);
  const request = parseDnsSwitch({ from: 'A', to: 'B' }, config(zone));
  const answers = [answerOf('dns-a', { sets: [of('www', 300, A)] })];
  const facts = { zones: request.zones, answers, silent: [], file: '/k.yaml', hosts: [], holders: new Map() };
  expect(planDnsSwitch(request, facts, []).plan.risks.map(({ message }) => message)).toContain(
    'with its TTL of 300s users of www.shop.test follow later than the recovery time of shop.test, 20s; --prepare makes it shorter beforehand',
  );
});

it('the switch keeps a TTL that is shorter than the declared one', () => {
  const request = parseDnsSwitch({ from: 'A', to: 'B' }, config(SHOP));
  const answers = [answerOf('dns-a', { sets: [of('www', 2, A)] })];
  const facts = { zones: request.zones, answers, silent: [], file: '/k.yaml', hosts: [], holders: new Map() };
  expect(planDnsSwitch(request, facts, []).rows.map(({ after }) => after)).toEqual(['B, 2s']);
});

it('says when resolvers know it, and moves nobody', async () => {
  const there = dnsWorld();
  const request = parseDnsPrepare(words, config(ZONE));
  const { plan } = planDnsPrepare(request, there.facts());
  const earliest = Date.now() + 60_000;
  const { end, events } = await runUntil(withPlaces(plan), there, []);
  expect(end).toMatchObject({ state: 'done' });
  for (const each of there.all) expect(each.has([of('www', 5, A, B)])).toBe(true);
  const messages = events.flatMap((event) =>
    event.type === 'step-finished' && event.step === 'set' && 'message' in event.result
      ? [event.result.message]
      : [],
  );
  const told = messages.map(
    (message) => /^resolvers have the new TTL from (\S+Z) on, 60s from now$/.exec(message)?.[1],
  );
  expect(told).toHaveLength(2);
  for (const moment of told) expect(Date.parse(moment ?? '')).toBeGreaterThanOrEqual(earliest - 1000);
});

it.each<readonly [DnsSwitchWords, string]>([
  [{ steps: '10,100' }, '--prepare and --steps exclude each other'],
  [{ prepare: undefined, ttl: '5s' }, '--ttl goes with --prepare'],
  [{ ttl: '1500ms' }, 'a TTL is whole seconds'],
  [{ ttl: 'soon' }, '--ttl: '],
  [{ to: 'A' }, '--from and --to are both A'],
])('is refused with %j', (given, message) => {
  expect(() => parseDnsPrepare({ ...words, ...given }, config(SHOP))).toThrow(message);
});
