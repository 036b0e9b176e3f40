import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fromJSONSchema } from 'zod';
import { healthRows } from '../../../src/lib/dns/health-rows.js';
import { disagreements, nameRows } from '../../../src/lib/dns/name-status.js';
import { findStrays } from '../../../src/lib/dns/strays.js';
import { zoneSets } from '../../../src/lib/dns/zone-sets.js';
import { poolOf } from '../../../src/lib/inventory/pool.js';
import type { OperationSummary, TakenSpare } from '../../../src/lib/ledger/ledger.js';
import { manifestDocument } from '../../../src/lib/logs/manifest.js';
import { statisticsOf } from '../../../src/lib/record/statistics.js';
import { tallyOf } from '../../../src/lib/record/tally.js';
import { agentFindings } from '../../../src/lib/report/agents.js';
import { judgeSwitch } from '../../../src/lib/switch/switch-status.js';
import { listDocument, statusDocument, strayDocument } from '../../../src/lib/ui/dns/dns-view.js';
import { healthDocument } from '../../../src/lib/ui/dns/health-view.js';
import { envDiffDocument, envShowDocument } from '../../../src/lib/ui/env/env-json.js';
import { execDocument } from '../../../src/lib/ui/exec/exec-json.js';
import { databaseDocument } from '../../../src/lib/ui/inventory/database-view.js';
import { poolDocument, releasedDocument, reservedDocument } from '../../../src/lib/ui/inventory/pool-json.js';
import { roomsDocument } from '../../../src/lib/ui/inventory/rooms-view.js';
import { switchDocument } from '../../../src/lib/ui/inventory/switch-view.js';
import { trafficDocument } from '../../../src/lib/ui/inventory/traffic-view.js';
import { logGroupDocument } from '../../../src/lib/ui/logs/log-groups.js';
import { logGapDocument, logLineDocument } from '../../../src/lib/ui/logs/log-lines.js';
import {
  closedDocument,
  eventDocuments,
  operationDocument,
  operationListDocument,
  signalDocument,
} from '../../../src/lib/ui/ops/ops-json.js';
import { statisticsDocument } from '../../../src/lib/ui/ops/stats-view.js';
import { agentsDocument } from '../../../src/lib/ui/report/agents-view.js';
import { capacityDocument } from '../../../src/lib/ui/report/capacity-json.js';
import { resourcesDocument } from '../../../src/lib/ui/report/resource-use-view.js';
import { planDocument } from '../../../src/lib/ui/run/result-json.js';
import { databaseLook, gtids, primary, replica } from '../../support/database-sample.js';
import { DARK, CONFIG as DNS_CONFIG, DRIFTED } from '../dns/sample-zones.js';
import { outcome, unreachable } from '../fanout/sample-outcomes.js';
import { CHECKSUM, host } from '../ledger/fixture.js';
import { sampleAgents } from '../report/sample-agents.js';
import { sampleCapacity } from '../report/sample-capacity.js';
import { sampleResources } from '../report/sample-resources.js';
import { sampleRooms } from '../report/sample-rooms.js';
import { sampleTraffic } from '../report/sample-traffic.js';
import { DARK as SWITCH_DARK, facts as switchFacts } from '../switch/sample-switch.js';
import { samplePlan } from './sample-plan.js';
import { troubledRecord } from './sample-record.js';

const dnsStatus = { rows: nameRows(DRIFTED), disagreements: disagreements(DRIFTED), silent: [] };
const now = new Date('2026-11-23T12:00:00.000Z');
const record = troubledRecord();
const running = { state: 'running', finishedAt: null, resumable: false } as const;
const crashed: OperationSummary = {
  ...record,
  ...running,
  workedMs: null,
  crashed: true,
  resumable: true,
};
const row: TakenSpare = {
  host: 'new-b-01',
  room: 'B',
  state: 'unfit',
  app: 'shop',
  group: 'web',
  operation: record.id,
  reason: 'disk full',
  since: record.startedAt,
};
const pool = poolOf([host('new-b-01'), host('new-b-02')], [row]);
const kept: TakenSpare = {
  ...row,
  state: 'reserved',
  app: '',
  group: '',
  operation: '',
  byHand: { operator: 'wang', until: now.toISOString() },
};
const keptPool = poolOf([host('new-b-01')], [kept]);
const counted = [
  { ...record, state: 'failed', tally: tallyOf(record.plan, record.events) } as const,
  { ...record, state: 'done', tally: { elapsedMs: 1, steps: [] } } as const,
];
const budgets = { failed: 0, unreachable: 5, unhealthy: 2 };
const unfit = [{ host: 'new-b-1', reason: 'disk full' }];
const given: OperationSummary = { ...record, state: 'closed', resumable: false };
const closed = { operation: given, freed: ['new-b-01'], unfit: [] };

const execRun = {
  command: 'uptime',
  dryRun: false,
  exitCode: 4,
  elapsedMs: 12.7,
  scores: { done: 1, failed: 0, unreachable: 1, pending: 0 },
  outcomes: [outcome('web-b-1', 'up\n'), unreachable('web-b-2', 'no route', 'is it up?')],
};
const logLine = { host: 'web-b-01', source: '/a', text: 'x', cutBytes: 0, stamp: { at: now.getTime() } };
const fetched = {
  host: 'web-b-01',
  path: '/a',
  file: 'web-b-01/a',
  size: 1,
  sha256: '0'.repeat(64),
  fetchedAt: '',
};

const envValue = { name: 'DB', rooms: ['A'], value: 'shop:[PASSWORD]@db', secret: true, differs: true };
const envShown = {
  app: 'shop',
  file: '/etc/shop/env',
  mode: '640',
  rooms: ['A', 'B'],
  values: [
    { ...envValue, from: 'room' as const },
    { ...envValue, rooms: ['B'], from: null, value: null },
  ],
};
const envCompared = {
  app: 'shop',
  file: '/etc/shop/env',
  exitCode: 4,
  groups: [
    { hosts: ['web-b-1'], differences: [{ what: 'value' as const, name: 'A', is: '1', wanted: '2' }] },
    { hosts: ['web-b-3'], differences: [{ what: 'missing' as const, name: '', is: null, wanted: null }] },
  ],
  restartNeeded: ['web-b-3'],
  unread: [unreachable('web-b-2', 'no route')],
};

const asked = {
  ...{
    at: now.toISOString(),
    type: 'asked' as const,
    stage: 'hold',
    lane: 'control',
    step: 'hold',
    undo: false,
  },
  ...{ question: 'go home?', words: ['go', 'heal'] },
};

const clients = [{ user: 'app', address: '198.18.1.94', sessions: 3 }];
const sampleDatabases = [
  { ...databaseLook(primary({ clients }), replica({ gtids: gtids('0-2-1') }), ['db-b', 'old']), home: 'A' },
  { ...databaseLook(undefined, undefined, undefined), home: 'B' },
];

const DOCUMENTS: readonly (readonly [string, object])[] = [
  ['ops-list', operationListDocument([record, crashed, given, { ...record, ...running }], true)],
  ['ops-list', operationListDocument([], false)],
  ['ops-show', operationDocument(record)],
  ['ops-show', operationDocument({ ...record, ...given })],
  ['ops-show', operationDocument({ ...record, ...crashed })],
  ['ops-event', eventDocuments(record)[0] ?? {}],
  ['ops-stats', statisticsDocument(statisticsOf(counted), { since: record.startedAt }, now)],
  ['ops-stats', statisticsDocument(statisticsOf([]), {}, now)],
  ['ops-close', closedDocument(closed, false)],
  ['ops-signal', signalDocument(record, 'stop', false)],
  ['ops-show', operationDocument({ ...record, events: [...record.events, asked] })],
  ['plan', planDocument(samplePlan(2), CHECKSUM)],
  [
    'plan',
    planDocument(samplePlan(2), CHECKSUM, undefined, [
      { what: 'servers that take writes', seen: 'db-a', wanted: 'one', ok: true },
    ]),
  ],
  [
    'plan',
    planDocument({ ...samplePlan(3), rollout: { batches: [1, 2], windows: [1, 2], budgets } }, CHECKSUM, {
      unfit,
      faults: unfit,
      replaced: unfit,
    }),
  ],
  ['resource-list', poolDocument(['A', 'B'], pool, pool)],
  ['resource-list', poolDocument(['A', 'B'], pool, [])],
  ['exec', execDocument(execRun)],
  ['report-capacity', capacityDocument(sampleCapacity(), 1)],
  ['report-capacity', capacityDocument(sampleCapacity({ perHost: 100, peak: { rate: 1200 } }), 1)],
  ['report-resources', resourcesDocument(sampleResources(), 1)],
  ['agents', agentsDocument(sampleAgents, agentFindings(sampleAgents), record.startedAt, 1)],
  ['rooms', roomsDocument(sampleRooms, 1)],
  ['traffic-status', trafficDocument(sampleTraffic, 1)],
  ['db-status', databaseDocument({ databases: sampleDatabases, roomOf: () => 'A' }, 1)],
  ['switch-status', switchDocument(judgeSwitch(switchFacts()), 0)],
  ['switch-status', switchDocument(judgeSwitch(SWITCH_DARK), 1)],
  ['dns-status', statusDocument(dnsStatus, 1)],
  ['dns-status', statusDocument({ ...dnsStatus, rows: nameRows(DARK), silent: DARK.silent }, 1)],
  ['dns-health', healthDocument({ ...dnsStatus, rows: healthRows(DRIFTED), silent: DARK.silent }, 1)],
  ['dns-list', listDocument({ sets: zoneSets(DRIFTED), silent: DARK.silent }, 1)],
  ['dns-check', strayDocument({ strays: findStrays(DRIFTED, DNS_CONFIG), silent: [] }, 1)],
  ['resource-list', poolDocument(['A', 'B'], keptPool, keptPool)],
  ['resource-reserve', reservedDocument([kept], true)],
  ['env-show', envShowDocument(envShown)],
  ['env-diff', envDiffDocument(envCompared)],
  ['resource-release', releasedDocument([row], ['new-b-02'], true)],
  ['log-line', logLineDocument(logLine)],
  ['log-line', logLineDocument({ ...logLine, stamp: undefined })],
  ['log-gap', logGapDocument('web-b-01', 7)],
  ['log-group', logGroupDocument({ text: 'x', hosts: new Set(['web-b-01']), count: 1 })],
  ['logs-fetch', manifestDocument('/tmp', [fetched], [{ host: 'web-b-02', message: 'no' }])],
];

async function schemaOf(name: string) {
  const file = new URL(`../../../schemas/${name}.schema.json`, import.meta.url);
  return fromJSONSchema(JSON.parse(await readFile(file, 'utf8')));
}

describe.each(DOCUMENTS)('the document %s', (name, document) => {
  const printed = JSON.parse(JSON.stringify(document));

  it('is what its schema says', async () => {
    expect((await schemaOf(name)).safeParse(printed)).toMatchObject({ success: true });
  });

  it('may lose no key and gain none', async () => {
    const schema = await schemaOf(name);
    for (const key of Object.keys(printed).filter(
      (key) => name !== 'ops-event' || !['operator', 'resumed'].includes(key),
    )) {
      const { [key]: _lost, ...less } = printed;
      expect(schema.safeParse(less).success, `without ${key}`).toBe(false);
    }
    // What an event has depends on its type.
    expect(schema.safeParse({ ...printed, more: 1 }).success).toBe(name === 'ops-event');
    expect(schema.safeParse({ ...printed, version: 2 }).success).toBe(false);
  });
});

it('gives times in UTC and lengths in milliseconds', () => {
  expect(operationListDocument([record], false)).toMatchObject({
    operations: [{ startedAt: '2026-11-23T10:00:00.000Z', elapsedMs: 81_000 }],
  });
  expect(operationListDocument([crashed], false)).toMatchObject({ operations: [{ elapsedMs: null }] });
});
