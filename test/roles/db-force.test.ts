import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { LabControl } from '../../src/lib/lab/control.js';
import { type Ended, Kuafu, saidBy } from '../support/kuafu.js';
import { inHost, roleLab } from '../support/role-lab.js';

// `kuafu db switch --force` and `kuafu db rejoin` between real servers, while room A, with the primary, is cut off from the
// other rooms and its clients go on. The primary is in room A before and after each test.
const SOON = { timeout: 60_000, interval: 300 };
const SERVERS = ['db-a', 'db-b'] as const;
const PROXIES = { 'db-a': '198.18.1.94', 'db-b': '198.18.2.94' } as const;
const FENCE = '/etc/mysql/mariadb.conf.d/zz-kuafu-fence.cnf';
/** Commits wait for the replica for a day: nothing is acknowledged that it has not received. */
const STRICT_MS = 86_400_000;

let lab: LabControl;
let folder: string;

beforeAll(async () => {
  lab = await roleLab();
  folder = await mkdtemp(join(tmpdir(), 'kuafu-db-force-'));
  const config = parse(await readFile(process.env.KUAFU_CONFIG ?? '', 'utf8'));
  config.layers.database.orders.replication = { user: 'repl', password: '${REPL}' };
  // By the address of its gateway that is outside the intranet.
  config.rooms.A.ssh = { ...config.rooms.A.ssh, proxyJump: config.rooms.A.gateway.outOfBand };
  const own = { ledger: `sqlite:${join(folder, 'ledger.db')}` };
  await writeFile(join(folder, 'kuafu.config.yaml'), stringify({ ...config, ...own }));
});
beforeEach(async () => {
  await isAt('db-a');
  await sql('db-a', `SET GLOBAL rpl_semi_sync_master_timeout=${STRICT_MS}`);
  await sql('db-a', 'CREATE OR REPLACE TABLE shop.forced (id VARCHAR(30))');
});
afterEach(async () => {
  await openRoomA();
  await home();
  await sql('db-a', 'DROP TABLE IF EXISTS shop.forced');
});
afterAll(async () => {
  // As the lab has it: a server that returned has options of its own.
  await sql(
    'db-b',
    'STOP SLAVE; CHANGE MASTER TO master_connect_retry=2, master_heartbeat_period=2; START SLAVE',
  );
  await rm(folder, { recursive: true });
});

function start(...words: readonly string[]): Kuafu {
  return new Kuafu(['--config', join(folder, 'kuafu.config.yaml'), ...words], { REPL: 'repl' });
}

async function kuafu(...words: readonly string[]): Promise<Ended> {
  return await start(...words).ended;
}

async function sh(host: string, script: string): Promise<string> {
  return (await inHost(lab, host, ['sh', '-c', script])).trim();
}

async function sql(host: string, statement: string): Promise<string> {
  return (await inHost(lab, host, ['mariadb', '--skip-column-names', '--execute', statement])).trim();
}

/** @param alsoFromGateway the server of the room cannot be reached out of band either */
async function cutRoomA(alsoFromGateway = false): Promise<void> {
  const rules = [
    'add table inet shut',
    'add chain inet shut way { type filter hook forward priority -300; }',
    'add rule inet shut way ip saddr 198.18.1.0/24 ip daddr 198.18.0.0/15 drop',
    'add rule inet shut way ip daddr 198.18.1.0/24 ip saddr 198.18.0.0/15 drop',
    ...(alsoFromGateway
      ? [
          'add chain inet shut out { type filter hook output priority -300; }',
          'add rule inet shut out ip daddr 198.18.1.93 drop',
        ]
      : []),
  ];
  await inHost(lab, 'gw-a', ['nft', '-f', '-'], rules.join('\n'));
}

async function openRoomA(): Promise<void> {
  await lab.exec('gw-a', ['nft', 'delete', 'table', 'inet', 'shut']);
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

async function home(): Promise<void> {
  if ((await sql('db-a', 'SELECT @@global.read_only')) === '1') {
    const end = await kuafu('db', 'switch', '--to', 'A', '--yes');
    if (end.code !== 0) await byHand();
  }
  await sql('db-a', 'SET GLOBAL rpl_semi_sync_master_timeout=10000');
}

/** For the files that share the lab, where a test has failed in between: what only db-b has is lost. */
async function byHand(): Promise<void> {
  await sql('db-b', 'SET GLOBAL read_only=1; STOP SLAVE; RESET SLAVE ALL');
  for (const host of SERVERS) await inHost(lab, host, ['rm', '-rf', FENCE, '/var/lib/kuafu/guard/db-orders']);
  const [at, log] = (await sql('db-a', 'SELECT @@global.gtid_current_pos, @@global.gtid_binlog_state')).split(
    '\t',
  );
  await sql(
    'db-b',
    `SET GLOBAL rpl_semi_sync_master_enabled=0; RESET MASTER; SET GLOBAL gtid_slave_pos='${at}';
    SET GLOBAL gtid_binlog_state='${log}';
    CHANGE MASTER TO master_host='198.18.1.93', master_user='repl', master_password='repl', master_use_gtid=slave_pos,
    master_connect_retry=2; START SLAVE`,
  );
  await sql(
    'db-a',
    'STOP SLAVE; RESET SLAVE ALL; SET GLOBAL rpl_semi_sync_master_enabled=1, GLOBAL read_only=0',
  );
}

/** About 50 rows a second through the proxy of its room, in one session after the other; prints those that were acknowledged. */
const WRITER = `rm -f /tmp/stop
while [ ! -e /tmp/stop ]; do
  while [ ! -e /tmp/stop ]; do
    id=$(date +%s%N)$2
    echo "INSERT INTO shop.forced VALUES ('$id'); SELECT '$id';"
    sleep 0.02
  done | mariadb --host="$1" --user=app --password=app --connect-timeout=2 --unbuffered --skip-column-names 2> /dev/null
  sleep 0.1
done`;

/** Prints whether the server takes writes, with the time before and after the answer. */
const OBSERVER = `rm -f /tmp/unwatched
while [ ! -e /tmp/unwatched ]; do
  before=$(date +%s%N); mode=$(timeout 5 mariadb --skip-column-names --execute 'SELECT @@global.read_only' 2> /dev/null)
  echo "$before $(date +%s%N) $mode"
  sleep 0.05
done`;

interface Watched {
  readonly acknowledged: readonly string[];
  /** By server: the times before and after each answer that it takes writes. */
  readonly writable: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

async function underWrites(work: () => Promise<void>): Promise<Watched> {
  const writers = SERVERS.map((host, index) =>
    lab.exec(host, ['timeout', '240', 'sh', '-c', WRITER, 'sh', PROXIES[host], String(index)]),
  );
  const observers = SERVERS.map((host) => lab.exec(host, ['timeout', '240', 'sh', '-c', OBSERVER]));
  try {
    await rowsBeyond('db-a', 100);
    await work();
  } finally {
    for (const host of SERVERS) await inHost(lab, host, ['touch', '/tmp/stop', '/tmp/unwatched']);
  }
  const acknowledged = (await Promise.all(writers)).flatMap(({ stdout }) =>
    stdout.split('\n').filter(Boolean),
  );
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

async function rowsBeyond(host: string, count: number): Promise<void> {
  const rows = async () => Number(await sql(host, 'SELECT COUNT(*) FROM shop.forced'));
  await expect.poll(rows, SOON).toBeGreaterThan(count);
}

const rowsAt = async (host: string) =>
  (await sql(host, 'SELECT id FROM shop.forced')).split('\n').filter(Boolean);

async function expectKept(host: string, acknowledged: readonly string[]): Promise<void> {
  const rows = await rowsAt(host);
  expect(new Set(rows).size).toBe(rows.length);
  const kept = new Set(rows);
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
}

const idIn = ({ stderr }: Ended) => /operation (\S+):/.exec(stderr)?.[1] ?? '';

it('a primary that is well: the plan says that the planned switch is the way', async () => {
  const end = await kuafu('db', 'switch', '--to', 'B', '--force', '--dry-run');
  expect(end.code, saidBy(end)).toBe(0);
  expect(end.stdout).toMatch(/Note: db-a answers and takes writes: .* the planned switch is the way/);
  expect(end.stdout).toContain('db-a is killed and starts read-only');
  await sh('db-a', `echo '# mine' > ${FENCE}`);
  const refused = await kuafu('db', 'switch', '--to', 'B', '--force', '--yes');
  expect(refused.code, saidBy(refused)).toBe(3);
  expect(refused.stderr).toContain(`${FENCE} is not a file of kuafu`);
  expect(await sh('db-a', `cat ${FENCE}; rm ${FENCE}`)).toBe('# mine');
});

it('room A is cut while clients write: no acknowledged write is lost, never do two take writes, and A returns', async () => {
  const { acknowledged, writable } = await underWrites(async () => {
    await cutRoomA();
    const end = await kuafu('db', 'switch', '--to', 'B', '--force', '--yes');
    expect(end.code, saidBy(end)).toBe(0);
    expect(end.stderr).toMatch(/db-b has all that it had received, up to \S+; left behind at db-a: nothing/);
    expect(end.stdout).toContain('proxy db-proxy-a sends clients to nobody');
    await rowsBeyond('db-b', (await rowsAt('db-b')).length + 50);
    expect(await sh('db-a', `cat ${FENCE}`)).toContain('read_only=1\ninit_rpl_role=SLAVE');
    await openRoomA();
    const rejoin = await kuafu('db', 'rejoin', '--yes');
    expect(rejoin.code, saidBy(rejoin)).toBe(0);
    await isAt('db-b');
  });
  expect(acknowledged.length).toBeGreaterThan(150);
  await expect.poll(async () => (await rowsAt('db-a')).length, SOON).toBe((await rowsAt('db-b')).length);
  for (const host of SERVERS) await expectKept(host, acknowledged);
  const [a = [], b = []] = SERVERS.map((host) => writable[host]);
  expect([a.length > 0, b.length > 0]).toEqual([true, true]);
  const opened = b[0]?.[1] ?? 0;
  expect(a.filter(([before]) => before > opened)).toEqual([]);
  expect((await lab.exec('db-a', ['ls', FENCE])).exitCode).not.toBe(0);
  expect(await sql('db-a', 'SELECT @@global.read_only')).toBe('1');
  const again = await kuafu('db', 'rejoin', '--yes');
  expect([again.code, again.stderr], saidBy(again)).toEqual([0, '']);
  expect(again.stdout).toContain('nothing to do: db-a replicates from db-b already');
});

it('without proof that A takes no writes nothing is promoted, unless it is told to; then A is killed before it returns', async () => {
  const { acknowledged } = await underWrites(async () => {
    await cutRoomA(true);
    const refused = await kuafu('db', 'switch', '--to', 'B', '--force', '--yes');
    expect([refused.code, refused.stdout], saidBy(refused)).toEqual([3, '']);
    expect(refused.stderr).toContain('refused, nothing was changed: db-a can be fenced: no: ');
    expect(refused.stderr).toContain('db switch orders --to B --force --without-fence');
    expect(await sql('db-b', 'SELECT @@global.read_only')).toBe('1');
    const end = await kuafu('db', 'switch', '--to', 'B', '--force', '--without-fence', '--yes');
    expect(end.code, saidBy(end)).toBe(0);
    expect(end.stdout).toContain('db-a could not be asked');
    expect(await sql('db-a', 'SELECT @@global.read_only')).toBe('0');
    await rowsBeyond('db-b', (await rowsAt('db-b')).length + 20);
    await openRoomA();
    const rejoin = await kuafu('db', 'rejoin', '--yes');
    expect(rejoin.code, saidBy(rejoin)).toBe(0);
    expect(rejoin.stderr).toContain('db-a was killed, and is read-only');
    await isAt('db-b');
  });
  await expect.poll(async () => (await rowsAt('db-a')).length, SOON).toBe((await rowsAt('db-b')).length);
  for (const host of SERVERS) await expectKept(host, acknowledged);
});

it('what only A has acknowledged is named and archived, and A is not attached', async () => {
  await sql('db-a', 'SET GLOBAL rpl_semi_sync_master_timeout=100');
  await cutRoomA();
  const only = '4711000000000000001';
  const insert = ['mariadb', '--user=app', '--password=app', `--host=${PROXIES['db-a']}`, '--execute'];
  await inHost(lab, 'db-a', ['timeout', '60', ...insert, `INSERT INTO shop.forced VALUES ('${only}')`]);
  const run = start('db', 'switch', '--to', 'B', '--force', '--yes');
  await run.says('fence done');
  run.process.kill('SIGKILL');
  const killed = await run.ended;
  expect(killed.signal).toBe('SIGKILL');
  const end = await kuafu('ops', 'resume', idIn(killed), '--yes');
  expect(end.code, saidBy(end)).toBe(0);
  expect(end.stderr).toMatch(/left behind at db-a: 0-1-\d+$/m);
  await openRoomA();
  const rejoin = await kuafu('db', 'rejoin', '--yes');
  expect(rejoin.code, saidBy(rejoin)).toBe(4);
  expect(rejoin.stderr).toMatch(
    /it cannot follow db-b, as it has 0-1-\d+, which db-b lacks: build it anew from db-b/,
  );
  const [, path = '', bytes, sum] =
    / (\/\S+) on db-a \((\d+) bytes, sha256 ([0-9a-f]{64})\)/.exec(rejoin.stderr) ?? [];
  const kept = await inHost(lab, 'db-a', ['cat', path]);
  expect(kept).toContain(only);
  expect([kept.length, createHash('sha256').update(kept).digest('hex')]).toEqual([Number(bytes), sum]);
  expect(await sh('db-a', `stat -c %a ${path}`)).toBe('600');
  expect(await sql('db-a', 'SELECT @@global.read_only')).toBe('1');
  expect(await sql('db-a', 'SHOW ALL SLAVES STATUS')).toBe('');
  expect(await rowsAt('db-b')).not.toContain(only);
  // Built anew, as an operator would from a dump of db-b.
  const [at, log] = (await sql('db-b', 'SELECT @@global.gtid_current_pos, @@global.gtid_binlog_state')).split(
    '\t',
  );
  const anew = `SET sql_log_bin=0; DELETE FROM shop.forced WHERE id='${only}';
    RESET MASTER; SET GLOBAL gtid_slave_pos='${at}'; SET GLOBAL gtid_binlog_state='${log}'`;
  await sql('db-a', anew);
  const resumed = await kuafu('ops', 'resume', idIn(rejoin), '--yes');
  expect(resumed.code, saidBy(resumed)).toBe(0);
  await isAt('db-b');
});
