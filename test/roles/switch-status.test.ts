import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { DnsLab } from '../support/dns-lab.js';
import { saidBy } from '../support/kuafu.js';
import { inHost, roleLab } from '../support/role-lab.js';

// `kuafu switch status` beside DNS, balancers and databases that are well, moved, pointed wrongly, and cut off.
const SOON = { timeout: 40_000, interval: 500 };
/** Plenty: other tests may keep the machine busy, and whoever has not answered by then is unknown. */
const PATIENT = ['--within', '20s'];

let lab: LabControl;
let dns: DnsLab;

beforeAll(async () => {
  lab = await roleLab();
  dns = await DnsLab.open('www', {}, { beside: true });
});
afterAll(async () => {
  await openRoomA();
  await dns.close();
});

async function status(...words: readonly string[]) {
  const { code, stdout, stderr } = await dns.kuafu(['switch', 'status', '--json', ...words]).ended;
  return { code, stderr, ...JSON.parse(stdout) };
}

const tell = (command: string) => `echo '${command}' | socat stdio /run/haproxy/admin.sock`;
const setWww = (addresses: readonly string[]) =>
  inHost(lab, 'dns-b', ['pdnsutil', 'replace-rrset', 'shop.test', 'www', 'A', '5', ...addresses]);

/** Packets between the hosts of room A and all others end at its gateway; it is itself reached out of band. */
async function cutRoomA(): Promise<void> {
  const rule = (chain: string) => `add rule inet shut ${chain}`;
  const rules = [
    'add table inet shut',
    'add chain inet shut way { type filter hook forward priority -300; }',
    `${rule('way')} ip saddr 198.18.1.0/24 ip daddr 198.18.0.0/15 drop`,
    `${rule('way')} ip daddr 198.18.1.0/24 ip saddr 198.18.0.0/15 drop`,
  ];
  await inHost(lab, 'gw-a', ['nft', '-f', '-'], rules.join('\n'));
}

async function openRoomA(): Promise<void> {
  await lab.exec('gw-a', ['nft', 'delete', 'table', 'inet', 'shut']);
}

it('all is as declared', async () => {
  let text = '';
  const ask = async () => {
    text = (await dns.kuafu(['switch', 'status', '--app', 'shop', ...PATIENT]).ended).stdout;
    return text;
  };
  await expect.poll(ask, SOON).toMatch(/^all as declared\n\nCLASS /);
  expect(text).toMatch(/^shop +A +lb-a +1 +0 +0 +as declared$/m);
  expect(text).toMatch(/^orders +A +db-a +primary$/m);
  expect(text).toMatch(/^orders +B +db-proxy-b +db-a$/m);
});

it('a name that was led elsewhere, and a proxy that points at the replica', async () => {
  try {
    await setWww(['203.0.113.102']);
    const moved = await status(...PATIENT);
    expect(moved).toMatchObject({
      code: 1,
      summary: 'www.shop.test points at B at dns-b; declared is A and B',
      silent: [],
    });
    for (const command of [
      'disable health db/db-b',
      'disable health db/db-a',
      'set server db/db-a state maint',
    ])
      await inHost(lab, 'db-proxy-a', ['sh', '-c', tell(command)]);
    await inHost(lab, 'db-proxy-a', ['sh', '-c', tell('set server db/db-b health up')]);
    const both = await status(...PATIENT);
    expect(both).toMatchObject({ code: 1, summary: 'not as declared: www.shop.test, orders' });
    expect(both.deviations).toContainEqual({
      subject: 'orders',
      sentence: 'orders: proxy db-proxy-a sends clients to db-b, which is not the primary',
    });
  } finally {
    await setWww(['203.0.113.101', '203.0.113.102']);
    await inHost(lab, 'db-proxy-a', ['systemctl', 'restart', 'haproxy']);
  }
});

it('a room that is cut off: what it knows within its deadline, and what could not be asked', async () => {
  await cutRoomA();
  const began = performance.now();
  const end = await dns.kuafu(['switch', 'status', '--json', '--within', '8s']).ended;
  const dark = { ...JSON.parse(end.stdout), code: end.code };
  expect(performance.now() - began, saidBy(end)).toBeLessThan(20_000);
  expect(dark.code).toBe(1);
  expect(dark.summary).toContain('could not be asked: ');
  const silent = dark.silent.filter(({ room }: { room: string }) => room === 'A');
  expect(silent.map(({ host }: { host: string }) => host).sort()).toEqual([
    'bind-a',
    'db-a',
    'db-proxy-a',
    'dns-a',
    'lb-a',
  ]);
  for (const { message } of silent) expect(message).toBe('no answer within 8 s');
  // Nobody is accused: the names of room A are unknown, and who is primary as well.
  expect(dark.databases[0]).toMatchObject({ primary: null, servers: [{ host: 'db-a', role: null }, {}] });
  expect(dark.deviations.filter(({ sentence }: { sentence: string }) => /-a\b/.test(sentence))).toEqual([]);
  await openRoomA();
  await expect.poll(async () => (await status(...PATIENT)).summary, SOON).toBe('all as declared');
});
