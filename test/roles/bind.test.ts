import { beforeAll, expect, it } from 'vitest';
import type { LabControl } from '../../src/lib/lab/control.js';
import { cutPower, dig, roleLab } from '../support/role-lab.js';

// The role `bind` of a lab: BIND 9 in each room, changed by nsupdate with a key.
const KEY = 'hmac-sha256:lab-key:bGFiLXNlY3JldC1sYWItc2VjcmV0LWxhYi1zZWNyZXQ=';
const OTHER_KEY = 'hmac-sha256:lab-key:b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q=';
const A = { host: 'bind-a', address: '198.18.1.92', published: '203.0.113.55' };
const B = { host: 'bind-b', address: '198.18.2.92', published: '203.0.113.56' };
const ENTRIES = ['203.0.113.101', '203.0.113.102'];
const SOON = { timeout: 60_000, interval: 200 };

let lab: LabControl;
beforeAll(async () => {
  lab = await roleLab();
});

/** As an operator on the carrier's side does it; gives the exit status, and what was said. */
async function update(server: string, lines: readonly string[], key = KEY) {
  const input = [`server ${server}`, 'zone biz.test', ...lines, 'send', ''].join('\n');
  const { exitCode, stderr } = await lab.exec('client', ['nsupdate', '-t', '5', '-y', key], input);
  return { exitCode, said: stderr.trim() };
}

const setWww = (entries: readonly string[]) => [
  'update delete www.biz.test. A',
  ...entries.map((entry) => `update add www.biz.test. 5 A ${entry}`),
];
const wwwAt = async (server: string) => (await dig(lab, 'client', server, 'www.biz.test')).addresses;

it.each([
  ['client', A.published, []],
  ['client', B.published, ['+tcp']],
  ['web-b-01', A.address, []],
  ['web-a-01', A.published, ['+tcp']],
])('%s asks %s %j and is told both rooms', async (host, server, how) => {
  expect((await dig(lab, host, server, ...how, 'www.biz.test')).addresses).toEqual(ENTRIES);
});

it('takes a change that has the key, at once, at the one authority that was told, and keeps it over a power cut', async () => {
  try {
    expect(await update(A.published, setWww([ENTRIES[1] ?? '']))).toMatchObject({ exitCode: 0 });
    expect(await wwwAt(A.published)).toEqual([ENTRIES[1]]);
    expect(await wwwAt(B.published)).toEqual(ENTRIES);
    await cutPower(lab, A.host, 'named.service');
    await expect.poll(() => wwwAt(A.published), SOON).toEqual([ENTRIES[1]]);
  } finally {
    expect(await update(A.published, setWww(ENTRIES))).toMatchObject({ exitCode: 0 });
  }
});

it('refuses a change with another key, and one whose prerequisite does not hold', async () => {
  const change = setWww(['203.0.113.77']);
  expect(await update(B.published, change, OTHER_KEY)).toEqual({
    exitCode: 2,
    said: expect.stringContaining('BADSIG'),
  });
  const stale = ['prereq yxrrset www.biz.test. A 203.0.113.9', ...change];
  expect(await update(B.published, stale)).toEqual({
    exitCode: 2,
    said: expect.stringContaining('NXRRSET'),
  });
  expect(await wwwAt(B.published)).toEqual(ENTRIES);
});
