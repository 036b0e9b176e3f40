import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { DNS_KEYS, DnsLab } from '../support/dns-lab.js';
import { type Ended, saidBy } from '../support/kuafu.js';
import { inHost, roleLab } from '../support/role-lab.js';

// `kuafu dns set`, `unset` and `undo` on PowerDNS and BIND, with a name of this file alone.
const A = '203.0.113.101';
const B = '203.0.113.102';
const SERVERS = ['dns-a', 'dns-b', 'bind-a', 'bind-b'] as const;
const BOTH = [A, B];

let lab: LabControl;
let dns: DnsLab;
beforeAll(async () => {
  lab = await roleLab();
  dns = await DnsLab.open('moved');
});
beforeEach(async () => {
  const end = await kuafu('set', '--class', 'moved', '--steady', '--yes');
  expect(end.code, saidBy(end)).toBe(0);
});
afterAll(async () => {
  for (const host of SERVERS) await byHand(host, []);
  await dns.close();
});

async function kuafu(...words: readonly string[]): Promise<Ended> {
  return await dns.kuafu(['dns', ...words]).ended;
}

const zoneOf = (host: string) => (host.startsWith('dns') ? 'shop.test' : 'biz.test');

/** What users are told at each authority. */
async function answers(): Promise<string[]> {
  const asked = SERVERS.map(async (host) => {
    const words = ['dig', '+short', '+time=3', '@127.0.0.1', `moved.${zoneOf(host)}`];
    return (await inHost(lab, host, words)).trim().split('\n').sort().join(' ');
  });
  return await Promise.all(asked);
}

/** As another tool does it. */
async function byHand(host: string, values: readonly string[]): Promise<void> {
  if (host.startsWith('dns')) {
    const verb = values.length === 0 ? 'delete-rrset' : 'replace-rrset';
    const content = values.length === 0 ? [] : ['5', ...values];
    await inHost(lab, host, ['pdnsutil', verb, 'shop.test', 'moved', 'A', ...content]);
    return;
  }
  const adds = values.map((value) => `update add moved.biz.test. 5 A ${value}`);
  const lines = ['server 127.0.0.1', 'zone biz.test', 'update delete moved.biz.test. A', ...adds, 'send', ''];
  await inHost(lab, host, ['nsupdate', '-y', `hmac-sha256:lab-key:${DNS_KEYS.TSIG}`], lines.join('\n'));
}

const all = (values: readonly string[]) => SERVERS.map(() => values.join(' '));
const idIn = ({ stderr }: Ended) => /operation (\S+):/.exec(stderr)?.[1] ?? '';

it('leads names to a room at every authority, is told as different, and is undone', async () => {
  const set = await kuafu('set', '--class', 'moved', '--to', 'B', '--yes');
  expect(set.code, saidBy(set)).toBe(0);
  expect(set.stdout).toContain('4 of 4 hosts as asked for');
  expect(await answers()).toEqual(all([B]));
  const status = await kuafu('status', '--json');
  const states = JSON.parse(status.stdout).names.map(({ found, state }: Record<string, string>) => [
    found,
    state,
  ]);
  expect([status.code, states]).toEqual([1, SERVERS.map(() => ['B, 5s', 'differs'])]);
  const undo = await kuafu('undo', idIn(set), '--yes');
  expect(undo.code, saidBy(undo)).toBe(0);
  expect(await answers()).toEqual(all(BOTH));
});

it('answers by weight where the provider can, and one room is taken out of that', async () => {
  const set = await kuafu('set', 'moved.shop.test', '--weights', 'A=90,B=10', '--yes');
  expect(set.code, saidBy(set)).toBe(0);
  const status = await kuafu('status', 'shop.test');
  expect(status.stdout).toContain('A 90% : B 10%, 5s');
  const unset = await kuafu('unset', 'moved.shop.test', '--idc', 'A', '--yes');
  expect(unset.code, saidBy(unset)).toBe(0);
  expect((await answers()).slice(0, 2)).toEqual([B, B]);
});

it('refuses authorities that disagree, and a plan once somebody has changed a record', async () => {
  const words = ['set', '--class', 'moved', '--to', 'B'];
  const { stdout } = await kuafu(...words, '--dry-run', '--json');
  const { checksum } = JSON.parse(stdout);
  await byHand('bind-b', [A]);
  const odd = await kuafu(...words, '--checksum', checksum);
  expect([odd.code, odd.stderr]).toEqual([
    3,
    expect.stringContaining('the authorities disagree about moved.biz.test'),
  ]);
  await byHand('bind-a', [A]);
  const late = await kuafu(...words, '--checksum', checksum);
  expect([late.code, late.stderr]).toEqual([
    3,
    expect.stringContaining('the plan is not the one of checksum'),
  ]);
  expect(await answers()).toEqual([...all(BOTH).slice(0, 2), A, A]);
});

it.each(['claim', 'set'])('killed after the first %s it is gone on with, to the same end', async (step) => {
  const run = dns.kuafu(['dns', 'set', '--class', 'moved', '--to', 'B', '--yes']);
  await run.says(` ${step} done`);
  run.process.kill('SIGKILL');
  const killed = await run.ended;
  expect(killed.signal).toBe('SIGKILL');
  const resumed = await dns.kuafu(['ops', 'resume', idIn(killed)]).ended;
  expect(resumed.code, saidBy(resumed)).toBe(0);
  expect(await answers()).toEqual(all([B]));
});

it('all get back what they had where one takes no change', async () => {
  const inDatabase = (sql: string) =>
    inHost(lab, 'dns-b', ['sqlite3', '/var/lib/powerdns/pdns.sqlite3', sql]);
  await inDatabase("CREATE TRIGGER broken BEFORE INSERT ON records BEGIN SELECT RAISE(ABORT, 'no'); END");
  try {
    const set = await kuafu('set', '--class', 'moved', '--to', 'B', '--yes');
    expect(set.code, saidBy(set)).toBe(4);
    expect(set.stderr).toContain('the way back is done');
  } finally {
    await inDatabase('DROP TRIGGER broken');
  }
  expect(await answers()).toEqual(all(BOTH));
});
