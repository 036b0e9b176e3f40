import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { DnsLab } from '../support/dns-lab.js';
import { type Ended, saidBy } from '../support/kuafu.js';
import { inHost, roleLab } from '../support/role-lab.js';

// `kuafu dns switch` on PowerDNS, BIND and lexicon, with a name of this file alone, a resolver that keeps answers for their
// TTL, and a user on the carrier's side.
const A = '203.0.113.101';
const B = '203.0.113.102';
const RESOLVER = '203.0.113.3';
const LEXICON_ZONE = 'example.org';
const LEXICON = [
  fileURLToPath(new URL('../../examples/dns-lexicon.py', import.meta.url)),
  ...['powerdns', '--pdns-server', 'http://198.18.1.91:8081', '--pdns-server-id', 'localhost'],
  ...['--auth-token', 'lab-key'],
];
const PLACES = [
  ['dns-a', 'shop.test'],
  ['dns-b', 'shop.test'],
  ['bind-a', 'biz.test'],
  ['bind-b', 'biz.test'],
] as const;
const SWITCH = ['dns', 'switch', '--from', 'A', '--to', 'B', '--yes'];
const SOME = [...SWITCH, '--class', 'switched'];

let lab: LabControl;
let dns: DnsLab;
beforeAll(async () => {
  lab = await roleLab();
  // It is there already after a run that was cut off.
  await lab.exec('dns-a', ['pdnsutil', 'create-zone', LEXICON_ZONE]);
  await inHost(lab, 'dns-a', ['pdnsutil', 'replace-rrset', LEXICON_ZONE, 'switched', 'A', '5', A]);
  dns = await DnsLab.open('switched', {
    ofName: { health: { http: 'http://{address}/healthz' } },
    ofZone: { resolvers: [RESOLVER] },
    // lexicon is slow, so one test asks it.
    program: { zone: LEXICON_ZONE, words: LEXICON, class: 'slow' },
  });
});
beforeEach(async () => {
  const end = await kuafu('dns', 'set', '--class', 'switched', '--to', 'A', '--yes');
  expect(end.code, saidBy(end)).toBe(0);
});
afterAll(async () => {
  await inHost(lab, 'dns-a', ['pdnsutil', 'delete-zone', LEXICON_ZONE]);
  for (const host of ['dns-a', 'dns-b'])
    await inHost(lab, host, ['pdnsutil', 'delete-rrset', 'shop.test', 'switched', 'A']);
  await dns.close();
});

async function kuafu(...words: readonly string[]): Promise<Ended> {
  return await dns.kuafu(words).ended;
}

/** What users are told at each authority. */
async function answers(places: readonly (readonly [string, string])[] = PLACES): Promise<string[]> {
  const asked = places.map(async ([host, zone]) => {
    const words = ['dig', '+short', '+time=3', '@127.0.0.1', `switched.${zone}`];
    return (await inHost(lab, host, words)).trim();
  });
  return await Promise.all(asked);
}

const everywhere = (address: string) => PLACES.map(() => address);
const idIn = ({ stderr }: Ended) => /operation (\S+):/.exec(stderr)?.[1] ?? '';

/** Opens the name again and again until it is told to stop, as a browser does that asks the resolver each time. */
const USER = `rm -f /tmp/switched.stop
while [ ! -e /tmp/switched.stop ]; do
  address=$(dig +short +time=2 @${RESOLVER} switched.shop.test | head -n 1)
  curl -sf -m 3 -H 'Host: switched.shop.test' "http://$address/whoami" | grep -o '"room": "."' || echo "failed at $address"
  sleep 0.1
done`;

it('leads names to the other room while users go on, says where it is over, and is undone', async () => {
  const user = lab.exec('client', ['sh', '-c', USER]);
  const end = await kuafu(...SOME);
  await inHost(lab, 'client', ['touch', '/tmp/switched.stop']);
  const seen = (await user).stdout.trim().split('\n');
  expect(end.code, saidBy(end)).toBe(0);
  expect(end.stdout).toContain('4 of 4 hosts as asked for');
  expect(end.stdout).toContain(`the new answer is at resolver ${RESOLVER}`);
  expect(await answers()).toEqual(everywhere(B));
  // The resolver has forgotten room A by the time at which it is said, so no user is there any more.
  expect([...new Set(seen)]).toEqual(['"room": "A"', '"room": "B"']);
  const undo = await kuafu('dns', 'undo', idIn(end), '--yes');
  expect(undo.code, saidBy(undo)).toBe(0);
  expect(await answers()).toEqual(everywhere(A));
});

it('leads names where a program keeps the records, too', async () => {
  const end = await kuafu(...SWITCH, '--class', 'slow');
  expect(end.code, saidBy(end)).toBe(0);
  expect(end.stdout).toContain('what users are told could not be asked');
  expect(await answers([['dns-a', LEXICON_ZONE]])).toEqual([B]);
});

it.each(['set', 'answer'])('killed after the first %s it is gone on with, to the same end', async (step) => {
  const run = dns.kuafu(SOME);
  await run.says(` ${step} done`);
  run.process.kill('SIGKILL');
  const killed = await run.ended;
  expect(killed.signal).toBe('SIGKILL');
  const resumed = await kuafu('ops', 'resume', idIn(killed));
  expect(resumed.code, saidBy(resumed)).toBe(0);
  expect(await answers()).toEqual(everywhere(B));
});

it('is refused where the entry of the other room does not answer', async () => {
  await inHost(lab, 'lb-b', ['systemctl', 'stop', 'haproxy.service']);
  try {
    const end = await kuafu(...SOME);
    expect([end.code, end.stdout], saidBy(end)).toEqual([3, '']);
    expect(end.stderr).toContain('the entry of room B for switched.shop.test is not healthy');
  } finally {
    await inHost(lab, 'lb-b', ['systemctl', 'start', 'haproxy.service']);
  }
  expect(await answers()).toEqual(everywhere(A));
});
