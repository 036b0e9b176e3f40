import { afterAll, expect, test } from 'vitest';
import { expectOk, kuafuLab } from './kuafu-lab.js';
import { remainsOf } from './remains.js';

const SMALL = ['--hosts', '1', '--spare', '0'];
const LAB = 'troles';

afterAll(async () => {
  await kuafuLab('down', '--name', LAB);
});

/** What the lab has, by `kuafu lab status`. */
async function hostsOf(role: string | null): Promise<string[]> {
  const { labs } = JSON.parse(await expectOk('status', '--name', LAB, '--json'));
  const [{ hosts }] = labs as [{ hosts: { name: string; role: string | null; state: string }[] }];
  return hosts.filter((host) => host.role === role && host.state === 'running').map(({ name }) => name);
}

async function inLab(...words: string[]): Promise<string> {
  return await expectOk('run', '--name', LAB, '--', ...words);
}

test('a role comes into a lab that runs, next to what its gateways do already', async () => {
  await expectOk('up', '--name', LAB, ...SMALL);
  expect(await hostsOf('dns')).toEqual([]);
  const before = await hostsOf(null);
  await inLab('ssh', 'gw-a', 'nft add element inet iso cut { 198.18.1.200 timeout 600s }');
  const asked = ['ssh', 'client', 'dig +short +time=2 +tries=1 @203.0.113.53 www.shop.test'];
  expect(await inLab(...asked.with(-1, `${asked.at(-1)} || true`))).not.toMatch(/^203/m);

  await expectOk('up', '--name', LAB, '--with', 'dns');
  expect(await hostsOf('dns')).toEqual(['dns-a', 'dns-b', 'cache']);
  expect(await hostsOf(null)).toEqual(before);
  expect(await inLab(...asked)).toMatch(/^203/m);
  // What is isolated stays so; and the next boot knows it, too.
  expect(await inLab('ssh', 'gw-a', 'nft list set inet iso cut')).toContain('198.18.1.200');
  await inLab('ssh', 'gw-a', 'systemctl restart nftables');
  expect(await inLab(...asked)).toMatch(/^203/m);

  expect(await expectOk('up', '--name', LAB)).toContain('nothing to do');
  expect(await hostsOf('dns')).toEqual(['dns-a', 'dns-b', 'cache']);
  await expectOk('down', '--name', LAB);
  expect(remainsOf(LAB)).toEqual([]);
});
