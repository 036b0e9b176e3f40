import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger, OperationFilter } from '../../../src/lib/ledger/ledger.js';
import { migrate } from '../../../src/lib/ledger/migrate.js';
import { openLedger } from '../../../src/lib/ledger/open.js';
import { currentOwner } from '../../../src/lib/ledger/owner.js';
import { SqlLedger } from '../../../src/lib/ledger/sql-ledger.js';
import { openSqliteCopy, sqliteClock } from '../../../src/lib/ledger/sqlite.js';
import { withTraces } from '../../../src/lib/scale/undo-of-before.js';
import { planUndo } from '../../../src/lib/scale/undo-plan.js';
import { operationDocument } from '../../../src/lib/ui/ops/ops-json.js';
import { renderOperation } from '../../../src/lib/ui/ops/ops-view.js';
import { copyLastLedger, type LastLedger } from '../../support/last-release.js';
import { scratchFolder } from './fixture.js';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let ledger: Ledger | undefined;

beforeEach(async () => {
  folder = await scratchFolder();
});

afterEach(async () => {
  await ledger?.close();
  ledger = undefined;
  await folder.remove();
});

async function open(name: LastLedger): Promise<Ledger> {
  const { file } = await copyLastLedger(name, folder.path);
  ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  return ledger;
}

const ALL: readonly LastLedger[] = [
  'scale-before-copy',
  'scale-in-copy',
  'scale-between-joins',
  'working-day',
];

describe.each(ALL)('%s, a ledger of the last release', (name) => {
  it('has operations that are shown whole', async () => {
    const opened = await open(name);
    for (const { id, title } of await opened.list({})) {
      const record = await opened.show(id);
      const { hosts } = operationDocument(record) as {
        hosts: { host: string; steps: { state: string }[] }[];
      };
      expect(hosts.length).toBeGreaterThan(0);
      for (const { steps } of hosts) expect(steps.length).toBeGreaterThan(0);
      expect(renderOperation(record, { now: new Date(), events: true })).toMatch(
        new RegExp(`^${id}  ${title}\\n`),
      );
    }
  });

  it('is copied whole into memory, and not changed', async () => {
    const { file } = await copyLastLedger(name, folder.path);
    const before = await readFile(file);
    const database = await openSqliteCopy(file, 1000);
    await migrate(database, file);
    ledger = new SqlLedger(database, sqliteClock);
    const operations = await ledger.list({});
    expect(operations.length).toBeGreaterThan(0);
    for (const { id } of operations) expect((await ledger.show(id)).events.length).toBeGreaterThan(0);
    await ledger.close();
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  it('has no secret in it', async () => {
    const opened = await open(name);
    for (const { id } of await opened.list({}))
      expect(JSON.stringify(await opened.show(id))).not.toContain('not-to-be-found');
  });
});

describe('a working day of the last release', () => {
  it.each<[OperationFilter, readonly string[]]>([
    [{ kind: 'env-push' }, ['4q2g', 'ea4y']],
    [{ hosts: ['new-b-02'] }, ['4q2g', '96ap']],
    [{ hosts: ['web-a-02'] }, ['cbc5', 'ea4y']],
    [{ state: 'crashed' }, ['4q2g']],
    [{ state: 'undone' }, ['ej83']],
    [{ state: 'closed' }, ['2yr9']],
    [{ room: 'A' }, ['cbc5', 'ea4y']],
    [{ app: 'shop', state: 'failed' }, ['cbc5']],
  ])('is searched by %j', async (filter, ids) => {
    const found = await (await open('working-day')).list(filter);
    expect(found.map(({ id }) => id.slice(-4))).toEqual(ids);
  });
});

describe('an expansion that the last release began', () => {
  const HOSTS = ['new-b-01', 'new-b-02', 'new-b-03'];

  it.each<[LastLedger, string]>([
    ['scale-before-copy', 'return'],
    ['scale-in-copy', 'stop remove return'],
    ['scale-between-joins', 'leave stop remove return'],
  ])('%s is taken back, step by step, as far as it came', async (name, expected) => {
    const opened = await open(name);
    const [{ id = '' } = {}] = await opened.list({});
    const record = await opened.show(id);
    const plan = planUndo(record, {
      rows: await opened.takenSpares(),
      hosts: new Map(record.plan.hosts.map((host) => [host.name, host])),
      configured: new Set(),
      inTraffic: [{ balancer: 'lb-b', address: '198.18.2.11', port: 8080 }],
      later: new Map(),
      toZero: false,
    });
    expect(plan.takesOver).toEqual({ operation: id, hosts: HOSTS });
    const stepsOn = (host: string) =>
      plan.stages.flatMap(({ lanes }) =>
        lanes.filter((lane) => lane.host === host).flatMap(({ steps }) => steps.map((step) => step.id)),
      );
    expect(HOSTS.map((host) => stepsOn(host).join(' '))).toEqual(HOSTS.map(() => expected));
    expect(plan.risks.filter(({ level }) => level === 'refuse')).toEqual([]);
  });

  it.each(ALL)('%s is taken over with its plan and its past, and its locks with it', async (name) => {
    const opened = await open(name);
    const [{ id = '' } = {}] = await opened.list({ state: 'crashed' });
    const before = await opened.show(id);
    const taken = await opened.takeOver(id, currentOwner({}));
    expect(taken).toMatchObject({ id, plan: before.plan, events: before.events, checksum: before.checksum });
    expect(await opened.show(id)).toMatchObject({ state: 'running', crashed: false, resumed: true });
    await expect(opened.open(before.plan, currentOwner({}))).rejects.toThrow(id);
  });
});

describe('an undo that the last release began', () => {
  it('removes, once gone on with, what the expansion has brought, though nothing says so on the host', async () => {
    const opened = await open('working-day');
    const { plan } = await opened.show('hhx1');
    const actionsOf = ({ stages }: typeof plan) =>
      stages.flatMap(({ lanes }) => lanes.flatMap(({ steps }) => steps.map(({ action }) => action)));
    const paths = ['/opt/shop', '/etc/systemd/system/shop.service', '/etc/shop/env'];
    const [stop, , release] = actionsOf(plan);
    const resumed = withTraces(plan, await opened.show('ej83'));
    expect(actionsOf(resumed)).toMatchObject([
      stop,
      {
        kind: 'scale.remove',
        paths,
        exclude: ['/opt/shop/run'],
        files: ['/etc/shop/env'],
        unrecorded: { tree: { paths: paths.slice(0, 2) }, env: { path: '/etc/shop/env' } },
      },
      release,
    ]);
    expect(withTraces(resumed, await opened.show('96ap'))).toEqual(resumed);
  });
});
