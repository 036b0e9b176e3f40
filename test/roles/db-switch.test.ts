import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { LabControl } from '../../src/lib/lab/control.js';
import { type Ended, Kuafu, saidBy } from '../support/kuafu.js';
import { inHost, roleLab } from '../support/role-lab.js';

// `kuafu db switch` between real servers, while clients write through the proxy of each room and somebody watches both
// servers. The primary is in room A before and after each test.
const SOON = { timeout: 30_000, interval: 300 };
const SERVERS = ['db-a', 'db-b'] as const;
const PROXIES = { 'db-a': '198.18.1.94', 'db-b': '198.18.2.94' } as const;

/** Of an account of this file alone. */
const PASSWORD = `a'b"c\\d$(e); f`;

/** The account of the lab. */
const REPL = "master_user='repl', master_password='repl'";

let lab: LabControl;
let folder: string;
/** Undo what a test did, the last first. */
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  lab = await roleLab();
  folder = await mkdtemp(join(tmpdir(), 'kuafu-db-switch-'));
  const config = parse(await readFile(process.env.KUAFU_CONFIG ?? '', 'utf8'));
  config.layers.database.orders.replication = { user: 'mover', password: '${MOVER}' };
  const own = { ledger: `sqlite:${join(folder, 'ledger.db')}` };
  await writeFile(join(folder, 'kuafu.config.yaml'), stringify({ ...config, ...own }));
  await sql(
    'db-a',
    `CREATE OR REPLACE USER mover@'%' IDENTIFIED BY ${inQuotes(PASSWORD)}; GRANT REPLICATION SLAVE ON *.* TO mover@'%'`,
  );
});
beforeEach(async () => await isAt('db-a'));
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
  await home();
});
afterAll(async () => {
  await sql('db-b', `STOP SLAVE; CHANGE MASTER TO ${REPL}; START SLAVE`);
  await sql('db-a', "DROP TABLE IF EXISTS shop.switched; DROP USER mover@'%'");
  await rm(folder, { recursive: true });
});

function start(...words: readonly string[]): Kuafu {
  return new Kuafu(['--config', join(folder, 'kuafu.config.yaml'), ...words], { MOVER: PASSWORD });
}

async function kuafu(...words: readonly string[]): Promise<Ended> {
  return await start(...words).ended;
}

/** On a busy machine a proxy may find every server down for a while, which refuses a switch. */
async function switchTo(room: string): Promise<Ended> {
  const deadline = performance.now() + SOON.timeout;
  for (;;) {
    const end = await kuafu('db', 'switch', '--to', room, '--yes');
    const isLate = end.code === 3 && end.stderr.includes('sends clients to: nobody');
    if (!isLate || performance.now() > deadline) return end;
  }
}

function inQuotes(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

async function sql(host: string, statement: string): Promise<string> {
  return (await inHost(lab, host, ['mariadb', '--skip-column-names', '--execute', statement])).trim();
}

/** The whole database is well, with its primary there. */
async function isAt(host: string): Promise<void> {
  const look = async () => {
    const { code, stdout } = await kuafu('db', 'status', '--json');
    const [database] = JSON.parse(stdout).databases;
    return [code, database.primary, database.findings];
  };
  await expect.poll(look, SOON).toEqual([0, host, []]);
}

/** Whatever a test has left: the primary is in room A again. */
async function home(): Promise<void> {
  if ((await sql('db-a', 'SELECT @@global.read_only')) === '0') return;
  const end = await switchTo('A');
  if (end.code !== 0) await force();
  expect(end.code, saidBy(end)).toBe(0);
}

/** For the files that share the lab, where a test has failed in between. */
async function force(): Promise<void> {
  for (const host of SERVERS) {
    await inHost(lab, host, ['rm', '-rf', '/var/lib/kuafu/guard/db-orders']);
    await sql(host, 'SET GLOBAL read_only=1; STOP SLAVE; RESET SLAVE ALL');
  }
  await sql(
    'db-b',
    `SET GLOBAL rpl_semi_sync_master_enabled=0; CHANGE MASTER TO master_host='198.18.1.93', ${REPL},
    master_use_gtid=slave_pos, master_demote_to_slave=1, master_connect_retry=2; START SLAVE`,
  );
  await sql('db-a', 'SET GLOBAL rpl_semi_sync_master_enabled=1, GLOBAL read_only=0');
}

const idIn = ({ stderr }: Ended) => /operation (\S+):/.exec(stderr)?.[1] ?? '';

/** Writes numbers through the proxy of its room until it is told to stop; prints those that the server has acknowledged. */
const WRITER = `rm -f /tmp/stop; i=$2
while [ ! -e /tmp/stop ]; do
  i=$((i + 1))
  mariadb --host="$1" --user=app --password=app --connect-timeout=2 --execute "INSERT INTO shop.switched VALUES ($i)" \\
    2> /dev/null && echo "$i"
  sleep 0.02
done`;

/** Prints whether the server takes writes, with the time before and after the answer. */
const OBSERVER = `rm -f /tmp/unwatched
while [ ! -e /tmp/unwatched ]; do
  before=$(date +%s%N); mode=$(mariadb --skip-column-names --execute 'SELECT @@global.read_only' 2> /dev/null)
  echo "$before $(date +%s%N) $mode"
  sleep 0.05
done`;

interface Watched {
  readonly acknowledged: readonly number[];
  /** By server: the times before and after each answer that it takes writes. */
  readonly writable: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

async function underWrites(work: () => Promise<void>): Promise<Watched> {
  await sql('db-a', 'CREATE OR REPLACE TABLE shop.switched (id BIGINT)');
  const writers = SERVERS.map((host, index) =>
    lab.exec(host, ['timeout', '240', 'sh', '-c', WRITER, 'sh', PROXIES[host], String(index * 1_000_000)]),
  );
  const observers = SERVERS.map((host) => lab.exec(host, ['timeout', '240', 'sh', '-c', OBSERVER]));
  const stop = async () => {
    for (const host of SERVERS) await inHost(lab, host, ['touch', '/tmp/stop', '/tmp/unwatched']);
  };
  try {
    await rowsBeyond('db-a', 10);
    await work();
  } finally {
    await stop();
  }
  const acknowledged = (await Promise.all(writers)).flatMap(({ stdout }) => numbersIn(stdout));
  const seen = (await Promise.all(observers)).map(({ stdout }) => stdout.trim().split('\n'));
  const writable = Object.fromEntries(
    SERVERS.map((host, index) => [
      host,
      (seen[index] ?? [])
        .map((line) => line.split(' '))
        .filter(([, , mode]) => mode === '0')
        .map(([before, after]) => [Number(before), Number(after)] as const),
    ]),
  );
  return { acknowledged, writable };
}

const numbersIn = (text: string) => text.split(/\s+/).filter(Boolean).map(Number);

async function rowsBeyond(host: string, count: number): Promise<void> {
  const rows = async () => Number(await sql(host, 'SELECT COUNT(*) FROM shop.switched'));
  await expect.poll(rows, SOON).toBeGreaterThan(count);
}

it('moves there and back under writes: none is lost or doubled, and never do two servers take writes', async () => {
  const switched = async (room: string, host: string) => {
    const end = await switchTo(room);
    expect(end.code, saidBy(end)).toBe(0);
    expect(end.stdout).toContain('2 of 2 hosts in their new role');
    const count = Number(await sql(host, 'SELECT COUNT(*) FROM shop.switched'));
    await rowsBeyond(host, count + 10);
  };
  const { acknowledged, writable } = await underWrites(async () => {
    await switched('B', 'db-b');
    await switched('A', 'db-a');
  });
  for (const host of SERVERS) {
    const rows = numbersIn(await sql(host, 'SELECT id FROM shop.switched'));
    expect(new Set(rows).size).toBe(rows.length);
    const kept = new Set(rows);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  }
  const [a = [], b = []] = SERVERS.map((host) => writable[host]);
  expect([a.length > 0, b.length > 0]).toEqual([true, true]);
  // Each answer is of some moment between its question and its end, so all of one run come before all of the other.
  const [first = 0, last = 0] = [b[0]?.[0], b.at(-1)?.[1]];
  const between = a.filter(([before, after]) => before > first && after < last);
  expect(between).toEqual([]);
});

it('is refused where the replica does not apply, and nothing is changed', async () => {
  await sql('db-b', 'STOP SLAVE SQL_THREAD');
  undo.push(() => sql('db-b', 'START SLAVE'));
  const end = await kuafu('db', 'switch', '--to', 'B', '--yes');
  expect([end.code, end.stdout], saidBy(end)).toEqual([3, '']);
  expect(end.stderr).toContain('replication at db-b: does not apply, wanted receives and applies');
  expect(await sql('db-a', 'SELECT @@global.read_only')).toBe('0');
});

it('killed when the old primary takes no writes any more, a resume finishes it', async () => {
  const run = start('db', 'switch', '--to', 'B', '--yes');
  await run.says('stop-writes done');
  run.process.kill('SIGKILL');
  const killed = await run.ended;
  expect(killed.signal).toBe('SIGKILL');
  const resumed = await kuafu('ops', 'resume', idIn(killed));
  expect(resumed.code, saidBy(resumed)).toBe(0);
  const again = await kuafu('db', 'switch', '--to', 'B', '--yes');
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('is db-b already')]);
});

it('a lock that holds up the end of writes is waited for no longer than 5 s, and writes go on', async () => {
  await sql('db-a', 'CREATE OR REPLACE TABLE shop.held (id INT); CREATE OR REPLACE TABLE shop.free (id INT)');
  const holder = `rm -f /tmp/let-go; { echo 'LOCK TABLES shop.held WRITE; SELECT 1;'
    until [ -e /tmp/let-go ]; do sleep 0.2; done; } | timeout 240 mariadb --unbuffered --skip-column-names > /tmp/locked`;
  const held = lab.exec('db-a', ['sh', '-c', holder]);
  undo.push(async () => {
    await inHost(lab, 'db-a', ['touch', '/tmp/let-go']);
    await held;
    await sql('db-a', 'DROP TABLE shop.held, shop.free');
  });
  await expect.poll(async () => (await lab.exec('db-a', ['cat', '/tmp/locked'])).stdout, SOON).toBe('1\n');
  const end = await switchTo('B');
  expect(end.code, saidBy(end)).toBe(4);
  expect(end.stderr).toContain('it still takes writes after 5 s');
  expect(end.stderr).toContain('the way back is done');
  const insert = ['mariadb', `--host=${PROXIES['db-b']}`, '--user=app', '--password=app', '--execute'];
  await expect
    .poll(
      async () => (await lab.exec('db-b', [...insert, 'INSERT INTO shop.free VALUES (1)'])).exitCode,
      SOON,
    )
    .toBe(0);
});
