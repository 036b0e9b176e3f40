import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { kuafu } from '../support/kuafu.js';
import { inHost, roleLab } from '../support/role-lab.js';

// What `kuafu db status` says of real servers: MariaDB in each room, and the HAProxy of each.
const SOON = { timeout: 60_000, interval: 200 };

let lab: LabControl;
/** Undo what a test did, the last first. */
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  lab = await roleLab();
});
beforeEach(async () => {
  // Semi-synchronous replication that was given up is active again after a commit.
  await sql('db-a', 'CREATE OR REPLACE TABLE shop.begin (id INT); DROP TABLE shop.begin');
  await expect.poll(async () => (await status()).code, SOON).toBe(0);
});
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function sh(host: string, script: string): Promise<string> {
  return (await inHost(lab, host, ['sh', '-c', script])).trim();
}

async function sql(host: string, statement: string): Promise<string> {
  return (await inHost(lab, host, ['mariadb', '--skip-column-names', '--execute', statement])).trim();
}

async function status() {
  const { code, stdout, stderr } = await kuafu(['db', 'status', 'orders', '--json']);
  return { code, stderr, database: JSON.parse(stdout).databases[0] };
}

/** The answer once it has a finding; proxies see a change of the roles within half a second. */
async function findingsOf(): Promise<readonly string[]> {
  const { code, database } = await status();
  expect(code).toBe(1);
  return database.findings;
}

it('a healthy pair: who is primary, positions, clients by room, where proxies send', async () => {
  const client = [
    'mariadb',
    '--host=198.18.2.94',
    '--user=app',
    '--password=app',
    '--execute',
    'SELECT SLEEP(15)',
  ];
  const session = lab.exec('db-b', client);
  await expect
    .poll(async () => (await status()).database.members[0].state.clients, SOON)
    .toContainEqual({ user: 'app', address: '198.18.2.94', sessions: 1, room: 'B' });
  await session;
  const { database } = await status();
  expect(database).toMatchObject({
    name: 'orders',
    primary: 'db-a',
    errant: [],
    findings: [],
    members: [
      { host: 'db-a', role: 'primary', state: { semiSync: { isActive: true, replicas: 1 } } },
      { host: 'db-b', role: 'replica', state: { sources: [{ receives: true, applies: true }] } },
    ],
    proxies: [
      { host: 'db-proxy-a', sendsTo: [{ name: 'db-a', member: 'db-a' }] },
      { host: 'db-proxy-b', sendsTo: [{ name: 'db-a', member: 'db-a' }] },
    ],
  });
  const [a, b] = database.members.map((member: { state: { position: string } }) => member.state.position);
  expect(a).toMatch(/^\d+-\d+-\d+/);
  expect(b).toBe(a);
  const { stdout } = await kuafu(['db', 'status']);
  expect(stdout).toMatch(/^orders +A +db-a +primary /m);
  expect(stdout).toMatch(/^orders +B +db-proxy-b +db-a$/m);
});

it('writes in the meantime are no errant transactions', async () => {
  await sql('db-a', 'CREATE TABLE IF NOT EXISTS shop.busy (id BIGINT AUTO_INCREMENT PRIMARY KEY)');
  undo.push(() => sql('db-a', 'DROP TABLE shop.busy'));
  const writes = "for i in $(seq 1 300); do echo 'INSERT INTO shop.busy VALUES ();'; done | mariadb";
  const writer = sh('db-a', writes);
  for (let round = 0; round < 3; round++) expect((await status()).database.errant).toEqual([]);
  await writer;
});

it('a replica that does not apply, with the error of the server', async () => {
  await sql('db-b', 'STOP SLAVE SQL_THREAD');
  undo.push(() => sql('db-b', 'START SLAVE'));
  expect(await findingsOf()).toEqual(['db-b does not apply what 198.18.1.93 sends']);
});

it('an errant transaction, and then a replica that cannot go on', async () => {
  await sql('db-b', "CREATE TABLE shop.stray (text VARCHAR(9)); INSERT INTO shop.stray VALUES ('x')");
  undo.push(async () => {
    await sql('db-b', 'STOP SLAVE; SET sql_log_bin=0; DROP TABLE shop.stray; RESET MASTER');
    const position = await sql('db-a', 'DROP TABLE IF EXISTS shop.stray; SELECT @@gtid_binlog_pos');
    await sql('db-b', `SET GLOBAL gtid_slave_pos='${position}'; START SLAVE`);
  });
  const { code, database } = await status();
  expect(code).toBe(1);
  expect(database.errant).toEqual([
    { host: 'db-b', lackedBy: ['db-a'], gtids: [expect.stringMatching(/^0-2-\d+(\.\.\d+)?$/)] },
  ]);
  await sql('db-a', 'CREATE TABLE shop.stray (other INT)');
  await expect.poll(async () => (await findingsOf()).join('\n'), SOON).toMatch(/db-b does not apply .*: .*/);
});

it('two servers that take writes: the proxies refuse, and it says so', async () => {
  await sql('db-b', 'SET GLOBAL read_only=0');
  undo.push(() => sql('db-b', 'SET GLOBAL read_only=1'));
  const findings = await findingsOf();
  expect(findings).toContain('db-a and db-b take writes: only one may');
  expect(findings).toContain('db-b takes writes, though it is a replica of 198.18.1.93');
});

it('a primary that went read-only: none takes writes', async () => {
  await sql('db-a', 'SET GLOBAL read_only=1');
  undo.push(() => sql('db-a', 'SET GLOBAL read_only=0'));
  expect(await findingsOf()).toContain('no server takes writes');
});

it('semi-synchronous replication that waits for nobody', async () => {
  await sql('db-b', 'STOP SLAVE IO_THREAD');
  undo.push(() => sql('db-b', 'START SLAVE'));
  await sql(
    'db-a',
    'SET GLOBAL rpl_semi_sync_master_timeout=100; CREATE TABLE shop.short (id INT); DROP TABLE shop.short',
  );
  undo.push(() => sql('db-a', 'SET GLOBAL rpl_semi_sync_master_timeout=10000'));
  expect((await findingsOf()).join('\n')).toMatch(
    /db-b does not receive what 198\.18\.1\.93 sends[\s\S]*commits on db-a wait for no replica/,
  );
});

it('a proxy that sends to the replica, one that is down, and one that sends nowhere', async () => {
  const tell = (command: string) => `echo '${command}' | socat stdio /run/haproxy/admin.sock`;
  await sh(
    'db-proxy-a',
    `${tell('disable health db/db-b')}; ${tell('disable health db/db-a')}; ${tell('set server db/db-a state maint')}`,
  );
  await sh('db-proxy-a', tell('set server db/db-b health up'));
  undo.push(() => sh('db-proxy-a', 'systemctl restart haproxy'));
  await sh('db-proxy-b', 'systemctl stop haproxy');
  undo.push(() => sh('db-proxy-b', 'systemctl start haproxy'));
  const { code, database } = await status();
  expect(code).toBe(1);
  expect(database.findings).toEqual(['proxy db-proxy-a sends clients to db-b, which is not the primary']);
  expect(database.proxies[1]).toMatchObject({
    sendsTo: null,
    silence: expect.stringMatching(/./),
  });
  await sh('db-proxy-b', 'systemctl start haproxy');
  await sh('db-proxy-a', tell('set server db/db-b state maint'));
  expect((await findingsOf()).join()).toContain(
    'proxy db-proxy-a sends clients to no server; the primary is db-a',
  );
});

it('a server that is stopped, hangs, lies or floods is unknown, and nobody is accused', async () => {
  const expectUnknown = async (reason: RegExp) => {
    const { code, database } = await status();
    expect(code).toBe(1);
    expect(database.members[0]).toMatchObject({ role: 'primary' });
    expect(database.members[1]).toMatchObject({ role: null, silence: expect.stringMatching(reason) });
    expect(database.findings.filter((finding: string) => finding.includes('db-b'))).toEqual([]);
  };
  await sh('db-b', 'kill -STOP $(pidof mariadbd)');
  try {
    await expectUnknown(/its mariadb client ended with status \d+/);
  } finally {
    await sh('db-b', 'kill -CONT $(pidof mariadbd)');
  }
  const fake = '/usr/local/bin/mariadb';
  undo.push(() => sh('db-b', `rm -f ${fake}`));
  for (const answer of [
    'echo read_only OFF',
    'yes "read_only\tOFF" | head -c 30000000',
    'printf "\\033[2J"',
  ]) {
    await sh('db-b', `printf '%s\\n' '#!/bin/sh' '${answer}' > ${fake} && chmod 755 ${fake}`);
    await expectUnknown(/an answer that is not whole|its mariadb client ended with status 69/);
  }
  await sh('db-b', `rm -f ${fake}; systemctl stop mariadb`);
  undo.push(() => sh('db-b', 'systemctl start mariadb'));
  await expectUnknown(/Can't connect/);
});

it('a name that is not there, and a configuration without databases', async () => {
  expect(await kuafu(['db', 'status', 'order'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`there is no database "order" (did you mean 'orders'?)\nknown: orders`),
  });
});
