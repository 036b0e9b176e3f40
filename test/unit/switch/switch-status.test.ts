import { describe, expect, it } from 'vitest';
import { recordSet } from '../../../src/lib/layers/dns/records.js';
import { entriesIn } from '../../../src/lib/switch/entries.js';
import { namesIn } from '../../../src/lib/switch/names.js';
import { judgeSwitch, type SwitchFacts } from '../../../src/lib/switch/switch-status.js';
import { databaseLook, primary, replica, sourceAt } from '../../support/database-sample.js';
import { A, answerOf, B } from '../dns/sample-zones.js';
import { DARK, database, entry, facts, namesAt, zones } from './sample-switch.js';

const judge = (over: Partial<SwitchFacts> = {}) => judgeSwitch(facts(over));
const bothAt = (addresses: readonly string[], ttl = 5) =>
  zones([namesAt('dns-a', addresses, ttl), namesAt('dns-b', addresses, ttl)]);
const entryIs = (...states: Parameters<typeof entry>) => ({
  traffic: { answers: [entry(...states)], silent: [] },
});
const kept = { drained: { operator: 'wang', since: '2026-11-25T03:04:05.000Z', operation: '261125-abcd' } };
/** The roles are changed: db-b takes writes, and db-a replicates from it. */
const moved = databaseLook(
  replica({ serverId: '1', sources: [sourceAt({ serverId: '2', address: '198.18.2.40' })] }),
  primary({ serverId: '2' }),
  ['db-b'],
);

describe('the first line', () => {
  it.each<[Partial<SwitchFacts>, string]>([
    [{}, 'all as declared'],
    [{ zones: bothAt([B]) }, 'www.shop.test points at B; declared is A and B'],
    [{ zones: bothAt(['192.0.2.9']) }, 'www.shop.test points at 192.0.2.9; declared is A and B'],
    [{ zones: bothAt([A, B], 60) }, 'www.shop.test has a TTL of 60s; declared is 5s'],
    [
      { zones: zones([namesAt('dns-a', [A, B]), namesAt('dns-b', [B])]) },
      'www.shop.test points at B at dns-b; declared is A and B',
    ],
    [
      { zones: zones([answerOf('dns-a', { sets: [recordSet('@', 'A', 5, [A])], answers: [] })]) },
      'www.shop.test points nowhere; declared is A and B',
    ],
    [
      { zones: zones([answerOf('dns-a', { answers: [{ name: '@', status: 'SERVFAIL', addresses: [] }] })]) },
      'shop.test is answered with SERVFAIL, not as its records say',
    ],
    [entryIs(['in traffic', 'missing', 'missing']), 'shop at lb-a: web-a-[02-03] missing'],
    [
      entryIs(['drained', 'down']),
      'shop at lb-a: web-a-01 drained, and no operator keeps it out, web-a-02 down',
    ],
    [entryIs(['in traffic', 'not started', 'extra', 'backup']), 'all as declared'],
    [entryIs(['drained'], kept), 'all as declared'],
    [entryIs(['forgotten'], kept), 'shop at lb-a: web-a-01 in traffic again, though kuafu has drained it'],
    [{ databases: [database(moved)] }, 'orders has its primary in B (db-b); declared is A'],
    [{ databases: [database(moved, 'B')] }, 'all as declared'],
    [
      { databases: [database(databaseLook(primary(), replica(), ['db-b']))] },
      'orders: proxy lb-a sends clients to db-b, which is not the primary',
    ],
    [{ zones: bothAt([B]), databases: [database(moved)] }, 'not as declared: www.shop.test, orders'],
  ])('%#: %s', (over, summary) => {
    expect(judge(over).summary).toBe(summary);
  });

  it('names a room as a whole where all of it is silent, and accuses nobody of it', () => {
    const dark = judgeSwitch(DARK);
    expect(dark.summary).toBe('could not be asked: room A; all else is as declared');
    expect(dark.deviations).toEqual([]);
    expect(dark.isReached).toBe(true);
  });

  it('says both what is off and what could not be asked, and a host that answered something by what it did not', () => {
    const message = 'lb-a (198.18.1.5:22): socket /x does not answer';
    const silent = [{ app: 'shop', room: 'A', balancer: 'lb-a', message }];
    const status = judgeSwitch(facts({ zones: bothAt([B]), traffic: { answers: [], silent } }));
    expect(status.summary).toBe(
      'www.shop.test points at B; declared is A and B; could not be asked: lb-a (shop)',
    );
  });

  it('nothing could be asked', () => {
    const none = { ...DARK, zones: zones([]), databases: [] };
    const status = judgeSwitch(none);
    expect(status).toMatchObject({ summary: 'nothing could be asked', isReached: false });
  });
});

it('a name is there once for each way in which authorities have it', () => {
  const report = zones([namesAt('dns-a', [A, B]), namesAt('dns-b', [B])]);
  expect(
    namesIn(report).map(({ name, authorities, found, state }) => [name, authorities, found, state]),
  ).toEqual([
    ['www.shop.test', ['dns-a'], 'A and B, 5s', 'as declared'],
    ['www.shop.test', ['dns-b'], 'B, 5s', 'differs'],
    ['shop.test', ['dns-a', 'dns-b'], 'A, 5s', 'as declared'],
  ]);
});

it('servers are counted as up, drained or down; those whom nobody expects are not', () => {
  const states = [
    'in traffic',
    'backup',
    'drained',
    'maintenance',
    'no weight',
    'missing',
    'unclear',
    'down',
    'extra',
  ] as const;
  const silent = [{ app: 'shop', room: 'B', balancer: 'lb-b', message: 'no' }];
  expect(entriesIn({ answers: [entry(states)], silent })).toMatchObject([
    { balancer: 'lb-a', up: 2, drained: 3, down: 2, state: 'differs' },
    { balancer: 'lb-b', up: null, drained: null, down: null, state: 'unknown' },
  ]);
});
