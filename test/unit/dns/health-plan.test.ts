import { describe, expect, it } from 'vitest';
import type { DnsName, DnsProvider, DnsZone, Judging } from '../../../src/lib/config/config-types.js';
import { judgingOf } from '../../../src/lib/config/judging.js';
import { healthRows } from '../../../src/lib/dns/health-rows.js';
import { nameRows } from '../../../src/lib/dns/name-status.js';
import { planDnsSet } from '../../../src/lib/dns/set-plan.js';
import {
  type DnsRequest,
  parseDnsHealth,
  parseDnsSet,
  parseDnsUnset,
} from '../../../src/lib/dns/set-request.js';
import { planDnsSwitch } from '../../../src/lib/dns/switch-plan.js';
import { parseDnsSwitch } from '../../../src/lib/dns/switch-request.js';
import { planDnsUndo } from '../../../src/lib/dns/undo-plan.js';
import { judgedSet } from '../../../src/lib/layers/dns/powerdns/judged.js';
import { type RecordSet, recordSet } from '../../../src/lib/layers/dns/records.js';
import { A, answerOf, B, SHOP } from './sample-zones.js';

// Names that their authorities judge by health: enabled, disabled, and forced by a switch.
const check = { http: 'http://{address}:8080/healthz', status: [[200, 299]], timeoutMs: 1500 } as const;
const [sample] = SHOP.names.values();
if (sample === undefined) throw new Error('the sample zone has no name');
const www: DnsName = { ...sample, health: check };
const only: DnsName['steady'] = new Map([
  ['A', 100],
  ['B', 0],
]);
const zoneOf = (over: Partial<DnsName> = {}, provider: DnsProvider = SHOP.provider): DnsZone => ({
  ...SHOP,
  provider,
  names: new Map([['www', { ...www, ...over }]]),
});
const config = (zone: DnsZone) => ({ dns: new Map([[zone.name, zone]]) });
const PLAIN = [recordSet('www', 'A', 5, [A, B])];
const base: Judging = {
  url: 'http://www.shop.test:8080/healthz',
  timeoutSeconds: 2,
  groups: [[A, B]],
  allDown: 'all',
};
const judged = (over: Partial<Judging> = {}) => [judgedSet('www', 5, { ...base, ...over })];
const names = ['www.shop.test'];

const factsIn = (zones: readonly DnsZone[], sets: readonly RecordSet[]) => ({
  zones,
  answers: ['dns-a', 'dns-b'].map((name) => answerOf(name, { sets })),
  silent: [],
  file: '/k.yaml',
  hosts: [],
  holders: new Map(),
});

function told({ plan, rows, hint }: ReturnType<typeof planDnsSet>) {
  const of = (level: string) =>
    plan.risks.filter((risk) => risk.level === level).map(({ message }) => message);
  return {
    plan,
    hint,
    after: [...new Set(rows.map(({ after }) => after))],
    refused: of('refuse'),
    notes: of('note'),
  };
}

const set = (request: DnsRequest, sets: readonly RecordSet[]) =>
  told(planDnsSet(request, factsIn(request.zones, sets)));

const enable = (zone: DnsZone, allDown?: string, sets: readonly RecordSet[] = PLAIN) =>
  set(parseDnsHealth({ names, allDown }, true, config(zone)), sets);

const moved = (words: object, sets: readonly RecordSet[], zone = zoneOf()) => {
  const request = parseDnsSwitch({ from: 'A', to: 'B', ...words }, config(zone));
  return told(planDnsSwitch(request, factsIn(request.zones, sets), []));
};

describe('a name is judged by health', () => {
  it.each<readonly [string, Partial<DnsName>, string | undefined, string]>([
    ['all its rooms alike', {}, undefined, 'A and B if healthy (all down: all), 5s'],
    ['one by chance when all are down', {}, 'one', 'A and B if healthy (all down: one), 5s'],
    ['a room when all are down', {}, 'B', 'A and B if healthy (all down: B), 5s'],
    ['its home first', { steady: only }, 'home', 'A, else B, if healthy (all down: A), 5s'],
  ])('%s', (_, over, allDown, after) => {
    const found = enable(zoneOf(over), allDown);
    expect([found.refused, found.after]).toEqual([[], [after]]);
    expect(found.plan).toMatchObject({ kind: 'dns-health', locks: ['dns/shop.test'] });
  });

  it('in the place of its records, by its own check', () => {
    const [action] = enable(zoneOf()).plan.stages.flatMap(({ lanes }) =>
      lanes.flatMap(({ steps }) =>
        steps.flatMap((step) => (step.action.kind === 'dns.set' ? [step.action] : [])),
      ),
    );
    const content = ({ ttlSeconds, values }: RecordSet) => ({ ttlSeconds, values });
    expect(action?.changes).toEqual([
      { name: 'www', type: 'A', from: { ttlSeconds: 5, values: [A, B] }, to: null },
      { name: 'www', type: 'LUA', from: null, to: judged().map(content)[0] },
    ]);
  });

  const exec: DnsProvider = { kind: 'exec', program: ['/d'], timeoutMs: 1 };
  const rooms = new Map([
    ['A', 90],
    ['B', 10],
  ]);
  it.each<readonly [string, DnsZone, string | undefined, string]>([
    ['a provider that judges nobody', zoneOf({}, exec), undefined, 'exec judges nobody; powerdns does'],
    ['no check', zoneOf({ health: undefined }), undefined, 'has no `health`, by which it would be judged'],
    ['rooms of different weights', zoneOf({ steady: rooms }), undefined, 'has rooms of different weights'],
    ['no one home', zoneOf(), 'home', 'has no one room as its home: say which, such as A or B'],
    [
      'another status',
      zoneOf({ health: { ...check, status: [[204, 204]] } }),
      undefined,
      'another status than 200',
    ],
    [
      'a URL that ends the text',
      zoneOf({ health: { ...check, http: "http://{address}/'..os.exit()" } }),
      undefined,
      'which no record can hold',
    ],
  ])('but not with %s', (_, zone, allDown, message) => {
    const { refused, plan } = enable(zone, allDown);
    expect(refused).toEqual([expect.stringContaining(message)]);
    expect(plan.stages).toEqual([]);
  });

  it('but not with a room that it does not have', () => {
    expect(() => enable(zoneOf(), 'C')).toThrow('www.shop.test has no address in room C');
  });

  it('until that is disabled', () => {
    const request = parseDnsHealth({ names }, false, config(zoneOf()));
    expect(set(request, judged()).after).toEqual(['A and B, 5s']);
    expect(set(request, judged()).notes).toEqual(['users may have the old answer for 5s more, its TTL']);
  });
});

describe('a name that is judged', () => {
  it('is forced by a switch, which says so, and is judged again by its undo', () => {
    const found = moved({}, judged());
    expect([found.refused, found.after]).toEqual([[], ['B, 5s']]);
    expect(found.notes).toContain(
      'forced, whatever the health of the rooms, until it is taken back: www.shop.test',
    );
    const facts = factsIn([zoneOf()], [recordSet('www', 'A', 5, [B])]);
    const undo = told(planDnsUndo({ id: 'op-1', plan: found.plan }, facts));
    expect([undo.refused, undo.after]).toEqual([[], ['A and B if healthy (all down: all), 5s']]);
    expect(undo.notes.join()).not.toContain('forced');
  });

  it('is forced in steps, from the share that its rooms have', () => {
    const { plan } = moved({ steps: '50,100' }, judged());
    const lua = plan.stages
      .find(({ id }) => id === 'set 50%')
      ?.lanes[0]?.steps.flatMap(({ action }) => (action.kind === 'dns.set' ? action.changes : []));
    expect(lua?.[0]?.to?.values).toEqual([`A "pickwrandom({{1,'${A}'},{3,'${B}'}})"`]);
  });

  it.each<readonly [string, () => ReturnType<typeof told>, string]>([
    [
      'by a switch away from a room that waits for the others to be down',
      () => moved({ from: 'B', to: 'A' }, judged({ groups: [[A], [B]] })),
      'A, 5s',
    ],
    [
      'when a room is taken out',
      () => set(parseDnsUnset({ names, room: 'B' }, config(zoneOf())), judged({ groups: [[A], [B]] })),
      'A, 5s',
    ],
    ['when it is set', () => set(parseDnsSet({ names, to: 'B' }, config(zoneOf())), judged()), 'B, 5s'],
  ])('is forced %s', (_, plan, after) => {
    const found = plan();
    expect([found.refused, found.after]).toEqual([[], [after]]);
    expect(found.notes.join()).toContain('forced, whatever the health of the rooms');
  });

  it('is so in its steady state where the configuration says so', () => {
    const judging = judgingOf('www.shop.test', www, 'one');
    if ('problem' in judging) throw new Error(judging.problem);
    const zone = zoneOf({ judging });
    expect(set(parseDnsSet({ names, steady: true }, config(zone)), PLAIN).after).toEqual([
      'A and B if healthy (all down: one), 5s',
    ]);
    const report = (sets: readonly RecordSet[]) => factsIn([zone], sets);
    const states = (sets: readonly RecordSet[]) => nameRows(report(sets)).map(({ state }) => state);
    expect(states(judged({ allDown: 'one' }))).toEqual(['as declared', 'as declared']);
    expect(states(PLAIN)).toEqual(['differs', 'differs']);
    const rows = [...healthRows(report(judged())), ...healthRows(report(PLAIN))];
    expect(rows.map(({ isJudged, isDeclared, urls }) => [isJudged, isDeclared, urls])).toEqual([
      ...[1, 2].map(() => [true, true, ['http://www.shop.test:8080/healthz']]),
      ...[1, 2].map(() => [false, true, []]),
    ]);
  });
});
