import { beforeAll, describe, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { cutPower, dig, inHost, roleLab } from '../support/role-lab.js';

// The role `dns` of a lab: PowerDNS in each room, and a resolver that keeps answers for their TTL.
const AUTHORITIES = [
  { host: 'dns-a', address: '198.18.1.91', published: '203.0.113.53' },
  { host: 'dns-b', address: '198.18.2.91', published: '203.0.113.54' },
];
const [A, B] = AUTHORITIES as [(typeof AUTHORITIES)[0], (typeof AUTHORITIES)[0]];
const CACHE = '203.0.113.3';
const ENTRIES = ['203.0.113.101', '203.0.113.102'];
const SOON = { timeout: 60_000, interval: 200 };

let lab: LabControl;
beforeAll(async () => {
  lab = await roleLab();
});

async function askApi(address: string, init: RequestInit, key = 'lab-key'): Promise<number> {
  const url = `http://${address}:8081/api/v1/servers/localhost/zones/shop.test.`;
  return (await fetch(url, { ...init, headers: { 'X-API-Key': key } })).status;
}

async function setWww(address: string, entries: readonly string[]): Promise<number> {
  const records = entries.map((content) => ({ content, disabled: false }));
  const rrset = { name: 'www.shop.test.', type: 'A', ttl: 5, changetype: 'REPLACE', records };
  return await askApi(address, { method: 'PATCH', body: JSON.stringify({ rrsets: [rrset] }) });
}

const ask = (server: string, ...question: readonly string[]) => dig(lab, 'client', server, ...question);
const addressesAt = async (server: string, name: string) => (await ask(server, name)).addresses;

it.each([
  ['client', A.published, []],
  ['client', B.published, ['+tcp']],
  ['client', CACHE, []],
  ['web-a-01', A.published, []],
  ['web-a-01', B.published, ['+tcp']],
  ['web-b-01', A.address, []],
  ['web-b-01', CACHE, []],
])('%s asks %s %j and is told both rooms', async (host, server, how) => {
  for (const name of ['www.shop.test', 'auto.shop.test'])
    expect((await dig(lab, host, server, ...how, name)).addresses).toEqual(ENTRIES);
});

describe('the HTTP API', () => {
  it('refuses a wrong key', async () => {
    expect(await askApi(A.address, {}, 'other')).toBe(401);
    expect(await askApi(A.address, {})).toBe(200);
  });

  it('changes one authority at once, and the resolver when the TTL has passed', async () => {
    const [onlyB] = ENTRIES.slice(1) as [string];
    const setEach = async (entries: readonly string[]) => {
      for (const { address } of AUTHORITIES) expect(await setWww(address, entries)).toBe(204);
    };
    try {
      expect(await setWww(A.address, [onlyB])).toBe(204);
      expect(await addressesAt(A.published, 'www.shop.test')).toEqual([onlyB]);
      expect(await addressesAt(B.published, 'www.shop.test')).toEqual(ENTRIES);
      await setEach(ENTRIES);
      // A new answer has the whole TTL before it; within it nothing that changes behind the resolver is seen.
      await expect.poll(async () => Math.max(...(await ask(CACHE, 'www.shop.test')).ttls), SOON).toBe(5);
      await setEach([onlyB]);
      const kept = await ask(CACHE, 'www.shop.test');
      if (Math.max(...kept.ttls) > 1) expect(kept.addresses).toEqual(ENTRIES);
      await expect.poll(() => addressesAt(CACHE, 'www.shop.test'), SOON).toEqual([onlyB]);
    } finally {
      await setEach(ENTRIES);
    }
  });

  it('keeps what it changed over a power cut', async () => {
    try {
      expect(await setWww(A.address, ['203.0.113.77'])).toBe(204);
      await cutPower(lab, A.host, 'pdns.service');
      await expect.poll(() => addressesAt(A.published, 'www.shop.test'), SOON).toEqual(['203.0.113.77']);
    } finally {
      expect(await setWww(A.address, ENTRIES)).toBe(204);
    }
  });
});

it('a Lua record leaves out the room whose entry does not answer, at both authorities', async () => {
  const both = async () =>
    await Promise.all(AUTHORITIES.map(({ published }) => addressesAt(published, 'auto.shop.test')));
  await inHost(lab, 'lb-a', ['systemctl', 'stop', 'haproxy.service']);
  try {
    await expect.poll(both, SOON).toEqual([ENTRIES.slice(1), ENTRIES.slice(1)]);
  } finally {
    await inHost(lab, 'lb-a', ['systemctl', 'start', 'haproxy.service']);
  }
  await expect.poll(both, SOON).toEqual([ENTRIES, ENTRIES]);
});
