import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Config } from '../../../src/lib/config/config-types.js';
import { loadConfig } from '../../../src/lib/config/load.js';
import { secretDoubts } from '../../../src/lib/config/secret-doubts.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-dns-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(zones: string, env: NodeJS.ProcessEnv = {}): Promise<Config> {
  const file = join(folder, 'kuafu.config.yaml');
  const rooms =
    'rooms: {A: {network: 198.18.1.0/24, hosts: {dns-a: 198.18.1.91}}, B: {network: 198.18.2.0/24}}\n';
  await writeFile(file, `${rooms}layers: {dns: {${zones}}}\n`, { mode: 0o600 });
  return await loadConfig({ file, env: { HOME: folder, ...env } });
}

it('has a zone of each provider, with what is not written filled in', async () => {
  const { dns } = await load(
    `shop.test: {provider: powerdns, servers: {A: dns-a}, key: '\${K}', names: {www: {class: web, ttl: 1m, rooms: {A: 203.0.113.1, B: [203.0.113.2, 'FD00:0::1']}, steady: A}}, excused: ['*']},
     biz.test: {provider: rfc2136, servers: {A: dns-a}, listen: '[::1]:5353', key: {name: k, secret: '\${K}'}},
     example.com: {provider: exec, program: [./dns.sh, x]}`,
    { K: 'secret' },
  );
  expect(dns.get('shop.test')).toEqual({
    name: 'shop.test',
    provider: {
      kind: 'powerdns',
      servers: new Map([['A', 'dns-a']]),
      listen: { address: '127.0.0.1', port: 53 },
      api: 'http://127.0.0.1:8081',
      key: { secret: 'K' },
    },
    names: new Map([
      [
        'www',
        {
          name: 'www',
          class: 'web',
          ttlSeconds: 60,
          rooms: new Map([
            ['A', ['203.0.113.1']],
            ['B', ['203.0.113.2', 'fd00::1']],
          ]),
          steady: new Map([
            ['A', 100],
            ['B', 0],
          ]),
        },
      ],
    ]),
    excused: ['*'],
    resolvers: [],
  });
  expect(dns.get('biz.test')?.provider).toEqual({
    kind: 'rfc2136',
    servers: new Map([['A', 'dns-a']]),
    listen: { address: '::1', port: 5353 },
    key: { name: 'k', algorithm: 'hmac-sha256', secret: { secret: 'K' } },
  });
  expect(dns.get('example.com')?.provider).toEqual({
    kind: 'exec',
    program: [join(folder, 'dns.sh'), 'x'],
    timeoutMs: 60_000,
  });
});

it('knows the key of a zone as a secret, by its name alone', async () => {
  const zone = "shop.test: {provider: powerdns, servers: {A: dns-a}, key: '${K}'}";
  const { secrets, dns } = await load(zone, { K: 'very-secret' });
  expect(secrets.mask('very-secret')).toBe('[K]');
  expect(JSON.stringify([...dns.values()])).not.toContain('very-secret');
  expect(secretDoubts(await load(zone, { K: 'xy' }))).toEqual(['K is too short to be masked']);
});
