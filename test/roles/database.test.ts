import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { cutPower, inHost, roleLab } from '../support/role-lab.js';

// The role `database` of a lab: MariaDB in each room, semi-synchronous, and proxies that follow the one that takes writes.
const SERVERS = { 'db-a': '198.18.1.93', 'db-b': '198.18.2.93' };
const PROXIES = ['198.18.1.94', '198.18.2.94'];
const SOON = { timeout: 60_000, interval: 100 };

type Server = keyof typeof SERVERS;

let lab: LabControl;
beforeAll(async () => {
  lab = await roleLab();
  await sql(
    'db-a',
    'CREATE TABLE IF NOT EXISTS shop.notes (id BIGINT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(64))',
  );
});
afterAll(() => sql('db-a', 'DROP TABLE shop.notes'));

/** At the server itself, as root. */
async function sql(server: Server, statement: string): Promise<string> {
  return (await inHost(lab, server, ['mariadb', '--skip-column-names', '--execute', statement])).trim();
}

/** As the application does it, through a proxy; `none` when there is nobody to talk to. */
async function throughProxy(proxy: string, statement: string): Promise<string> {
  const client = ['mariadb', `--host=${proxy}`, '--user=app', '--password=app', '--connect-timeout=5'];
  const { exitCode, stdout } = await lab.exec('db-b', [
    ...client,
    '--skip-column-names',
    '--execute',
    statement,
  ]);
  return exitCode === 0 ? stdout.trim() : 'none';
}

const serversBehind = async () =>
  await Promise.all(PROXIES.map((proxy) => throughProxy(proxy, 'SELECT @@hostname')));

async function statusOf(server: Server): Promise<Map<string, string>> {
  const rows = (await inHost(lab, server, ['mariadb', '--execute', 'SHOW SLAVE STATUS\\G'])).split('\n');
  return new Map(rows.map((row) => row.trim().split(': ') as [string, string]));
}

async function replicates(server: Server): Promise<boolean> {
  const status = await statusOf(server);
  return status.get('Slave_IO_Running') === 'Yes' && status.get('Slave_SQL_Running') === 'Yes';
}

/** The bare steps of a planned switch; nobody writes. */
async function switchTo(to: Server, from: Server): Promise<void> {
  await sql(from, 'SET GLOBAL read_only=1');
  const position = await sql(from, 'SELECT @@gtid_binlog_pos');
  expect(await sql(to, `SELECT MASTER_GTID_WAIT('${position}', 30)`)).toBe('0');
  await sql(to, 'STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only=0');
  const master = `master_host='${SERVERS[to]}', master_user='repl', master_password='repl'`;
  await sql(
    from,
    `SET GLOBAL rpl_semi_sync_master_enabled=0; CHANGE MASTER TO ${master}, master_use_gtid=slave_pos, master_demote_to_slave=1, master_connect_retry=2, master_heartbeat_period=2; START SLAVE`,
  );
  await expect.poll(() => replicates(from), SOON).toBe(true);
  await sql(to, 'SET GLOBAL rpl_semi_sync_master_enabled=1');
}

describe('the pair', () => {
  it('is a primary in A and a replica in B, by GTID, semi-synchronous', async () => {
    expect(await sql('db-a', 'SELECT @@read_only, @@server_id, @@rpl_semi_sync_master_wait_point')).toBe(
      '0\t1\tAFTER_SYNC',
    );
    expect(await sql('db-b', 'SELECT @@read_only, @@server_id')).toBe('1\t2');
    expect(await sql('db-a', "SHOW STATUS LIKE 'Rpl_semi_sync_master_status'")).toContain('ON');
    await expect
      .poll(() => sql('db-a', "SHOW STATUS LIKE 'Rpl_semi_sync_master_clients'"), SOON)
      .toContain('1');
    const status = await statusOf('db-b');
    expect(status.get('Using_Gtid')).toBe('Slave_Pos');
    expect(await replicates('db-b')).toBe(true);
    expect(await sql('db-a', 'SELECT VERSION()')).toMatch(/^10\.11\./);
  });

  it('has what is written through either proxy in both rooms', async () => {
    for (const proxy of PROXIES)
      expect(await throughProxy(proxy, `INSERT INTO shop.notes (text) VALUES ('by ${proxy}')`)).toBe('');
    const count = `SELECT COUNT(*) FROM shop.notes WHERE text IN (${PROXIES.map((proxy) => `'by ${proxy}'`).join(', ')})`;
    expect(await sql('db-a', count)).toBe('2');
    await expect.poll(() => sql('db-b', count), SOON).toBe('2');
  });

  it('replicates again by itself after a power cut of the replica', async () => {
    await cutPower(lab, 'db-b', 'mariadb.service');
    await expect.poll(() => replicates('db-b'), SOON).toBe(true);
    expect(await sql('db-b', 'SELECT @@read_only')).toBe('1');
    await sql('db-a', "INSERT INTO shop.notes (text) VALUES ('after the cut')");
    await expect
      .poll(() => sql('db-b', "SELECT COUNT(*) FROM shop.notes WHERE text = 'after the cut'"), SOON)
      .toBe('1');
  });
});

it('what lab up runs makes a primary that was started anew take writes again, and leaves a replica alone', async () => {
  const ready = async (server: Server, role: string, peer: Server) =>
    await inHost(lab, server, ['sh', '/usr/local/lib/lab/ready.sh', role, SERVERS[peer]]);
  await cutPower(lab, 'db-a', 'mariadb.service');
  expect(await sql('db-a', 'SELECT @@read_only')).toBe('1');
  await ready('db-b', 'replica', 'db-a');
  expect(await sql('db-b', 'SELECT @@read_only')).toBe('1');
  await ready('db-a', 'primary', 'db-b');
  expect(await sql('db-a', 'SELECT @@read_only, @@rpl_semi_sync_master_enabled')).toBe('0\t1');
  await expect.poll(() => replicates('db-b'), SOON).toBe(true);

  await switchTo('db-b', 'db-a');
  try {
    await ready('db-a', 'primary', 'db-b');
    expect([await sql('db-a', 'SELECT @@read_only'), await sql('db-b', 'SELECT @@read_only')]).toEqual([
      '1',
      '0',
    ]);
  } finally {
    await switchTo('db-a', 'db-b');
  }
});

describe('the proxies', () => {
  it('follow the one that takes writes, there and back', async () => {
    await expect.poll(serversBehind, SOON).toEqual(['db-a', 'db-a']);
    await switchTo('db-b', 'db-a');
    try {
      await expect.poll(serversBehind, SOON).toEqual(['db-b', 'db-b']);
    } finally {
      await switchTo('db-a', 'db-b');
    }
    await expect.poll(serversBehind, SOON).toEqual(['db-a', 'db-a']);
  });

  it('send nobody anywhere while both take writes, or none does', async () => {
    try {
      await sql('db-b', 'SET GLOBAL read_only=0');
      await expect.poll(serversBehind, SOON).toEqual(['none', 'none']);
      await sql('db-b', 'SET GLOBAL read_only=1');
      await expect.poll(serversBehind, SOON).toEqual(['db-a', 'db-a']);
      await sql('db-a', 'SET GLOBAL read_only=1');
      await expect.poll(serversBehind, SOON).toEqual(['none', 'none']);
    } finally {
      await sql('db-b', 'SET GLOBAL read_only=1');
      await sql('db-a', 'SET GLOBAL read_only=0');
    }
    await expect.poll(serversBehind, SOON).toEqual(['db-a', 'db-a']);
  });
});
