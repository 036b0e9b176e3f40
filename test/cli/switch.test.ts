import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostileHost } from '../support/hostile-host.js';
import { type Ended, kuafu, saidBy } from '../support/kuafu.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

// `kuafu switch status` where the host of room A lets us in and then says nothing: only its own deadline ends it.
const PROGRAM = `#!/bin/sh
test "$KUAFU_TEST_ZONE" = silent && exec sleep 300
echo '{"records": [{"name": "www", "type": "A", "ttl": 5, "values": ["203.0.113.102"]}]}'
`;
const { path, remove } = await scratchFolder();
const config = join(path, 'kuafu.config.yaml');
let host: HostileHost;

beforeAll(async () => {
  host = await HostileHost.listen({ silentAt: 'channel' });
  const [identity] = host.target().ssh.identityFiles;
  await writeFile(join(path, 'zone.sh'), PROGRAM, { mode: 0o700 });
  await writeFile(
    config,
    `ssh: {port: ${host.port}, connectTimeout: 5m, configFile: none, identityFile: ${identity}, knownHosts: ${host.knownHosts}}
ledger: 'sqlite:${join(path, 'ledger.db')}'
rooms:
  A: {network: 127.0.0.0/24, hosts: {lb-a: 127.0.0.1}}
  B: {network: 127.0.2.0/24, hosts: {db-b: 127.0.2.2}}
apps:
  shop: {service: shop.service, files: [/opt/shop], traffic: {haproxy: {A: lb-a}, socket: /s, backend: shop, port: 80}, groups: {web: {A: lb-a}}}
  back: {service: back.service, files: [/opt/back], groups: {web: {B: db-b}}}
layers:
  database: {orders: {kind: mariadb, members: {A: lb-a, B: db-b}, home: A}}
  dns:
    shop.test:
      provider: exec
      program: [./zone.sh]
      names: {www: {class: web, ttl: 5s, rooms: {A: 203.0.113.101, B: 203.0.113.102}, steady: {A: 100, B: 100}}}
`,
  );
});
afterAll(async () => {
  await host.close();
  await remove();
});

async function status(words: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return await kuafu(['--config', config, 'switch', 'status', ...words], env);
}

it('says what is off as far as it could be asked, and why the rest could not', async () => {
  const end = await status(['--within', '2s']);
  expect(end.code, saidBy(end)).toBe(1);
  expect(end.stdout).toMatch(/^www\.shop\.test points at B; declared is A and B; could not be\s+asked: .*\n/);
  expect(end.stdout).toMatch(/^ {2}lb-a\S*: no answer within 2 s$/m);
  expect(end.stdout).toMatch(/^shop +A +lb-a +- +- +- +unknown$/m);
  expect(end.stdout).toMatch(/^orders +A +lb-a +unknown$/m);
});

it('ends in time where nothing answers at all, not even a program of this machine', async () => {
  const end = await status(['--json', '--app', 'shop', '--within', '1s'], { KUAFU_TEST_ZONE: 'silent' });
  expect(end.code, saidBy(end)).toBe(5);
  const document = JSON.parse(end.stdout);
  expect(document).toMatchObject({
    kind: 'kuafu.switch-status',
    exitCode: 5,
    summary: 'nothing could be asked',
    names: [{ name: 'www.shop.test', found: null, declared: 'A and B, 5s', state: 'unknown' }],
    entries: [{ app: 'shop', room: 'A', balancer: 'lb-a', up: null, state: 'unknown' }],
    databases: [{ name: 'orders', home: 'A', primary: null }],
    deviations: [],
  });
  expect(document.silent.map(({ message }: { message: string }) => message)).toContain(
    'no answer within 1 s',
  );
});

describe('what cannot be asked for', () => {
  it.each([
    [['--app', 'shpo'], `there is no application "shpo" (did you mean 'shop'?)`],
    [['--app', 'back'], 'back has no balancer'],
    [['--within', '4'], '--within: 4 has no unit'],
  ])('%j', async (words, sentence) => {
    const end = await status(words);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(sentence);
  });

  it('a configuration with nothing to ask about', async () => {
    const bare = join(path, 'bare.yaml');
    await writeFile(bare, `ledger: 'sqlite:${join(path, 'bare.db')}'\nrooms: {A: {network: 127.0.0.0/24}}\n`);
    const end = await kuafu(['--config', bare, 'switch', 'status']);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('the configuration has no DNS zone, no balancer and no database');
  });
});
