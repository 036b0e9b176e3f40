import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { DnsLab } from '../support/dns-lab.js';
import { type Ended, saidBy } from '../support/kuafu.js';
import { inHost, roleLab } from '../support/role-lab.js';

// `kuafu dns switch --steps` on PowerDNS, with a name of this file alone, a resolver that keeps answers for their TTL, and a
// user on the carrier's side.
const A = '203.0.113.101';
const B = '203.0.113.102';
const RESOLVER = '203.0.113.3';
const AUTHORITIES = ['dns-a', 'dns-b'];
const NAME = 'stepped.shop.test';
const SWITCH = ['dns', 'switch', '--from', 'A', '--to', 'B', '--name', NAME, '--yes'];
const TO_B = [...SWITCH, '--steps', '10,50,100'];

const PREPARE = [...SWITCH, '--prepare', '--ttl', '2s'];

let lab: LabControl;
let dns: DnsLab;
beforeAll(async () => {
  lab = await roleLab();
  dns = await DnsLab.open('stepped', {
    ofName: { health: { http: 'http://{address}/healthz' } },
    ofZone: { resolvers: [RESOLVER] },
  });
});
beforeEach(async () => {
  const end = await kuafu('dns', 'set', '--class', 'stepped', '--to', 'A', '--yes');
  expect(end.code, saidBy(end)).toBe(0);
});
afterAll(async () => {
  for (const host of AUTHORITIES)
    for (const type of ['A', 'LUA'])
      await lab.exec(host, ['pdnsutil', 'delete-rrset', 'shop.test', 'stepped', type]);
  await dns.close();
});

async function kuafu(...words: readonly string[]): Promise<Ended> {
  return await dns.kuafu(words).ended;
}

/** The records that lead the name somewhere, as each authority keeps them: `5 A 203.0.113.101`. */
async function records(): Promise<string[]> {
  const asked = AUTHORITIES.map(async (host) => {
    const lines = (await inHost(lab, host, ['pdnsutil', 'list-zone', 'shop.test'])).split('\n');
    const own = lines.map((line) => line.split('\t')).filter(([owner]) => owner === NAME);
    return own.map(([, ttl, , type, data]) => `${ttl} ${type} ${data}`).join('; ');
  });
  return await Promise.all(asked);
}

const everywhere = (record: string) => AUTHORITIES.map(() => record);
const weighted = (a: number, b: number) => `5 LUA A "pickwrandom({{${a},'${A}'},{${b},'${B}'}})"`;
const idIn = ({ stderr }: Ended) => /operation (\S+):/.exec(stderr)?.[1] ?? '';

/** Opens the name again and again until it is told to stop, as a browser does that asks the resolver each time. */
const USER = `rm -f /tmp/stepped.stop
while [ ! -e /tmp/stepped.stop ]; do
  address=$(dig +short +time=2 @${RESOLVER} ${NAME} | head -n 1)
  curl -sf -m 3 -H 'Host: ${NAME}' "http://$address/whoami" | grep -o '"room": "."' || echo "failed at $address"
  sleep 0.1
done`;

it('leads users to the other room in steps and back, and none of their requests fails', async () => {
  const user = lab.exec('client', ['sh', '-c', USER]);
  const there = await kuafu(...TO_B);
  expect(there.code, saidBy(there)).toBe(0);
  expect(await records()).toEqual(everywhere(`5 A ${B}`));
  const back = await kuafu(
    'dns',
    'switch',
    '--from',
    'B',
    '--to',
    'A',
    '--name',
    NAME,
    '--yes',
    '--steps',
    '40,100',
  );
  await inHost(lab, 'client', ['touch', '/tmp/stepped.stop']);
  const seen = (await user).stdout.trim().split('\n');
  expect(back.code, saidBy(back)).toBe(0);
  expect(await records()).toEqual(everywhere(`5 A ${A}`));
  expect([...new Set(seen)].sort()).toEqual(['"room": "A"', '"room": "B"']);
  for (const { stdout } of [there, back])
    expect(stdout).toContain(`the new answer is at resolver ${RESOLVER}`);
  const shown = await kuafu('ops', 'show', idIn(there), '--events');
  for (const step of ['set 10%', 'hold 10%', 'set 50%', 'hold 50%', 'set 100%'])
    expect(shown.stdout).toContain(step);
});

it('killed between the steps it stays there, goes on there when it is resumed, and is undone', async () => {
  const run = dns.kuafu(TO_B);
  await run.says(' answer 10% done');
  run.process.kill('SIGKILL');
  const killed = await run.ended;
  expect(killed.signal).toBe('SIGKILL');
  expect(await records()).toEqual(everywhere(weighted(9, 1)));
  const resumed = await kuafu('ops', 'resume', idIn(killed));
  expect(resumed.code, saidBy(resumed)).toBe(0);
  expect(resumed.stderr).not.toContain('set 10% done');
  expect(resumed.stderr).toContain('set 50% done');
  expect(await records()).toEqual(everywhere(`5 A ${B}`));
  const undo = await kuafu('dns', 'undo', idIn(killed), '--yes');
  expect(undo.code, saidBy(undo)).toBe(0);
  expect(await records()).toEqual(everywhere(`5 A ${A}`));
});

it('killed in the middle and given up, it is undone from there', async () => {
  const run = dns.kuafu(TO_B);
  await run.says(' set 50% done');
  run.process.kill('SIGKILL');
  const id = idIn(await run.ended);
  const closed = await kuafu('ops', 'close', id, '--yes');
  expect(closed.code, saidBy(closed)).toBe(0);
  const undo = await kuafu('dns', 'undo', id, '--yes');
  expect(undo.code, saidBy(undo)).toBe(0);
  expect(await records()).toEqual(everywhere(`5 A ${A}`));
});

it('goes back where the entry of the other room is no longer healthy', async () => {
  const run = dns.kuafu(TO_B);
  await run.says(' hold 10% done');
  await inHost(lab, 'lb-b', ['systemctl', 'stop', 'haproxy.service']);
  try {
    const end = await run.ended;
    expect(end.code, saidBy(end)).toBe(4);
    expect(saidBy(end)).toContain(`the entry of room B for ${NAME} is not healthy: ${B}`);
    expect(await records()).toEqual(everywhere(`5 A ${A}`));
  } finally {
    await inHost(lab, 'lb-b', ['systemctl', 'start', 'haproxy.service']);
  }
});

it('is prepared: a short TTL beforehand, which the switch keeps, and the steady state ends', async () => {
  const long = await kuafu('dns', 'set', NAME, '--to', 'A', '--ttl', '60s', '--yes');
  expect(long.code, saidBy(long)).toBe(0);
  const prepared = await kuafu(...PREPARE);
  expect(prepared.code, saidBy(prepared)).toBe(0);
  expect(prepared.stdout).toMatch(/resolvers have the new TTL from \S+Z on, 60s from now/);
  expect(await records()).toEqual(everywhere(`2 A ${A}`));
  const again = await kuafu(...PREPARE);
  expect([again.code, again.stdout], saidBy(again)).toEqual([
    0,
    expect.stringContaining('no such name leads to A with a TTL above 2s'),
  ]);
  const switched = await kuafu(...SWITCH);
  expect(switched.code, saidBy(switched)).toBe(0);
  expect(await records()).toEqual(everywhere(`2 A ${B}`));
  const undo = await kuafu('dns', 'undo', idIn(switched), '--yes');
  expect(undo.code, saidBy(undo)).toBe(0);
  expect(await records()).toEqual(everywhere(`2 A ${A}`));
  const unprepared = await kuafu('dns', 'undo', idIn(prepared), '--yes');
  expect(unprepared.code, saidBy(unprepared)).toBe(0);
  expect(await records()).toEqual(everywhere(`60 A ${A}`));
});

it('is refused where the provider answers nobody by weight, and with steps that are none', async () => {
  const refused = await kuafu(...TO_B, '--name', 'stepped.biz.test');
  expect([refused.code, refused.stdout], saidBy(refused)).toEqual([3, '']);
  expect(refused.stderr).toContain(
    'rfc2136 answers nobody by weight, so it leads no name in steps: stepped.biz.test',
  );
  expect(refused.stderr).toContain('dns switch --from A --to B --name stepped.biz.test');
  const wrong = await kuafu('dns', 'switch', '--from', 'A', '--to', 'B', '--steps', '50,10');
  expect([wrong.code, wrong.stdout], saidBy(wrong)).toEqual([2, '']);
  expect(await records()).toEqual(everywhere(`5 A ${A}`));
});
