import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { DnsLab } from '../support/dns-lab.js';
import { type Ended, saidBy } from '../support/kuafu.js';
import { dig, inHost, roleLab } from '../support/role-lab.js';

// `kuafu dns health` on PowerDNS, with a name of this file alone: each authority leads users to what it finds healthy itself.
const A = '203.0.113.101';
const B = '203.0.113.102';
const AUTHORITIES = ['203.0.113.53', '203.0.113.54'];
const NAME = 'judged.shop.test';
const SOON = { timeout: 60_000, interval: 200 };

let lab: LabControl;
let dns: DnsLab;
beforeAll(async () => {
  lab = await roleLab();
  dns = await DnsLab.open('judged', { ofName: { ttl: '2s', health: { http: 'http://{address}/healthz' } } });
  const end = await kuafu('dns', 'set', '--class', 'judged', '--to', 'A,B', '--yes');
  expect(end.code, saidBy(end)).toBe(0);
});
afterAll(async () => {
  for (const host of ['dns-a', 'dns-b'])
    for (const type of ['A', 'LUA'])
      await lab.exec(host, ['pdnsutil', 'delete-rrset', 'shop.test', 'judged', type]);
  await dns.close();
});

async function kuafu(...words: readonly string[]): Promise<Ended> {
  return await dns.kuafu(words).ended;
}

/** What users are told at each authority. */
const answers = async () =>
  await Promise.all(AUTHORITIES.map(async (server) => (await dig(lab, 'client', server, NAME)).addresses));
const everywhere = (...addresses: readonly string[]) => AUTHORITIES.map(() => addresses);
const entry = (room: 'a' | 'b', verb: 'start' | 'stop') =>
  inHost(lab, `lb-${room}`, ['systemctl', verb, 'haproxy.service']);
const idIn = ({ stderr }: Ended) => /operation (\S+):/.exec(stderr)?.[1] ?? '';

interface Shown {
  readonly names: readonly {
    readonly name: string;
    readonly isJudged: boolean;
    readonly leadsTo: string;
    readonly answers: readonly string[];
  }[];
}

async function shown(): Promise<Shown['names']> {
  const end = await kuafu('dns', 'health', 'show', 'shop.test', '--json');
  expect(end.code, saidBy(end)).toBe(0);
  return (JSON.parse(end.stdout) as Shown).names;
}

it('is enabled: each authority leaves out what it finds down, and answers the chosen room when all are', async () => {
  const end = await kuafu('dns', 'health', 'enable', NAME, '--all-down', 'B', '--yes');
  expect(end.code, saidBy(end)).toBe(0);
  await expect.poll(answers, SOON).toEqual(everywhere(A, B));
  try {
    await entry('b', 'stop');
    await expect.poll(answers, SOON).toEqual(everywhere(A));
    await entry('a', 'stop');
    await expect.poll(answers, SOON).toEqual(everywhere(B));
  } finally {
    for (const room of ['a', 'b'] as const) await entry(room, 'start');
  }
  await expect.poll(answers, SOON).toEqual(everywhere(A, B));
  for (const row of await shown())
    expect(row).toMatchObject({
      name: NAME,
      isJudged: true,
      leadsTo: 'A and B if healthy (all down: B), 2s',
    });
});

it('is forced by a switch, whatever is healthy, and judged again when that is taken back', async () => {
  const end = await kuafu('dns', 'switch', '--from', 'A', '--to', 'B', '--name', NAME, '--yes');
  expect(end.code, saidBy(end)).toBe(0);
  expect(end.stdout).toContain(`no longer judged by health: ${NAME}`);
  expect(await answers()).toEqual(everywhere(B));
  expect((await shown()).map(({ isJudged }) => isJudged)).toEqual([false, false]);
  const undo = await kuafu('dns', 'undo', idIn(end), '--yes');
  expect(undo.code, saidBy(undo)).toBe(0);
  expect((await shown()).map(({ isJudged }) => isJudged)).toEqual([true, true]);
  await expect.poll(answers, SOON).toEqual(everywhere(A, B));
});

it('is disabled, and refused where the provider judges nobody', async () => {
  const end = await kuafu('dns', 'health', 'disable', NAME, '--yes');
  expect(end.code, saidBy(end)).toBe(0);
  expect((await shown()).map(({ leadsTo }) => leadsTo)).toEqual(['A and B, 2s', 'A and B, 2s']);
  const refused = await kuafu('dns', 'health', 'enable', 'judged.biz.test', '--yes');
  expect([refused.code, refused.stdout], saidBy(refused)).toEqual([3, '']);
  expect(refused.stderr).toContain('judged.biz.test cannot be judged by health: rfc2136 judges nobody');
});
