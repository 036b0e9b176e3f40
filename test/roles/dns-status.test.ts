import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { DNS_KEYS, DnsLab } from '../support/dns-lab.js';
import { type Ended, saidBy } from '../support/kuafu.js';
import { inHost, roleLab } from '../support/role-lab.js';

// `kuafu dns status`, `list` and `check`, as an operator has them in a lab with the roles `dns` and `bind`.
let lab: LabControl;
let dns: DnsLab;
beforeAll(async () => {
  lab = await roleLab();
  dns = await DnsLab.open('www');
});
afterAll(() => dns.close());

async function kuafu(words: readonly string[], env?: Record<string, string>): Promise<Ended> {
  return await dns.kuafu(['dns', ...words], env).ended;
}

async function statesOf(words: readonly string[], env?: Record<string, string>) {
  const end = await kuafu(['status', '--json', ...words], env);
  const { names, silent, disagreements } = JSON.parse(end.stdout);
  const states = names.map(
    ({ name, authority, state }: Record<string, string>) => `${name} ${authority} ${state}`,
  );
  return { code: end.code, states, silent, disagreements };
}

it('says that all is as declared', async () => {
  const end = await kuafu(['status']);
  expect(end.code, saidBy(end)).toBe(0);
  expect(end.stdout.match(/as declared/g)).toHaveLength(4);
});

it('names the authority where somebody has changed a record, and the disagreement', async () => {
  const set = (addresses: readonly string[]) =>
    inHost(lab, 'dns-b', ['pdnsutil', 'replace-rrset', 'shop.test', 'www', 'A', '5', ...addresses]);
  try {
    await set(['203.0.113.102']);
    expect(await statesOf(['shop.test'])).toMatchObject({
      code: 1,
      states: ['www.shop.test dns-a as declared', 'www.shop.test dns-b differs'],
      disagreements: ['www.shop.test: dns-a and dns-b disagree'],
    });
  } finally {
    await set(['203.0.113.101', '203.0.113.102']);
  }
});

it('knows nothing of an authority that is off, or whose key it has not', async () => {
  try {
    await inHost(lab, 'bind-b', ['systemctl', 'stop', 'named']);
    const { code, states, silent } = await statesOf([], { ...DNS_KEYS, PDNS: 'wrong' });
    expect(code).toBe(1);
    expect(states).toEqual([
      'www.shop.test dns-a unknown',
      'www.shop.test dns-b unknown',
      'www.biz.test bind-a as declared',
      'www.biz.test bind-b unknown',
    ]);
    expect(silent[0].message).toContain('does not know the key of shop.test');
  } finally {
    await inHost(lab, 'bind-b', ['systemctl', 'start', 'named']);
  }
});

it('finds names that lead to a room and that nothing would move', async () => {
  const end = await kuafu(['check', '--json']);
  expect(end.code, saidBy(end)).toBe(1);
  // Other tests of this lab may have left names of theirs in biz.test.
  const strays = JSON.parse(end.stdout).strays.filter(({ zone }: { zone: string }) => zone === 'shop.test');
  expect(strays).toMatchObject([
    { name: 'auto.shop.test', type: 'LUA', rooms: ['A', 'B'], authorities: ['dns-a', 'dns-b'] },
  ]);
});

it('lists a zone by a transfer, with what several authorities have once', async () => {
  const end = await kuafu(['list', 'biz.test', '--json']);
  expect(end.code, saidBy(end)).toBe(0);
  const { sets } = JSON.parse(end.stdout);
  expect(sets).toContainEqual({
    zone: 'biz.test',
    name: 'www.biz.test',
    type: 'A',
    ttlSeconds: 5,
    values: ['203.0.113.101', '203.0.113.102'],
    isDeclared: true,
    authorities: ['bind-a', 'bind-b'],
  });
});
