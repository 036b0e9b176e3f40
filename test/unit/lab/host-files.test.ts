import { chmod, mkdtemp, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ENV_MODE } from '../../../src/lib/env/env-access.js';
import { type TreeEntry, writeTree } from '../../../src/lib/lab/file-tree.js';
import { renderGatewayRules } from '../../../src/lib/lab/gateway-rules.js';
import { hostFiles } from '../../../src/lib/lab/host-files.js';
import { renderResolverConfig } from '../../../src/lib/lab/service-configs.js';
import { assetContent } from '../../../src/lib/lab/shop-layer.js';
import { DEFAULT_SIZES } from '../../../src/lib/lab/sizes.js';
import { buildTopology } from '../../../src/lib/lab/topology.js';

const KEYS = { hostKey: 'private', hostPublicKey: 'public', authorizedKey: 'authorized' };
const TOPOLOGY = buildTopology('t', DEFAULT_SIZES);

let folder: string;
let umask: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-lab-'));
});

afterEach(async () => {
  if (umask !== undefined) process.umask(umask);
  await rm(folder, { recursive: true });
});

function filesOf(name: string): Map<string, TreeEntry> {
  const host = TOPOLOGY.hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return new Map(hostFiles(TOPOLOGY, host, KEYS).map((entry) => [entry.path, entry]));
}

function contentOf(name: string, path: string): string {
  const entry = filesOf(name).get(path);
  return entry !== undefined && 'content' in entry ? String(entry.content) : '';
}

test('a spare host is bare: nothing of the shop', () => {
  expect([...filesOf('new-b-01').keys()].filter((path) => path.includes('shop'))).toEqual([]);
  expect(contentOf('web-b-01', '/etc/shop/env')).toContain('ROOM="B"\n');
  expect(filesOf('web-b-01').get('/etc/shop/env')).toMatchObject({ mode: Number.parseInt(ENV_MODE, 8) });
});

test('a balancer knows the app hosts of its room and no others', () => {
  const servers = contentOf('lb-b', '/etc/haproxy/haproxy.cfg')
    .split('\n')
    .filter((line) => line.startsWith('  server '));
  expect(servers).toEqual([
    '  server web-b-01 198.18.2.11:8080 check inter 2s fall 2 rise 2',
    '  server web-b-02 198.18.2.12:8080 check inter 2s fall 2 rise 2',
  ]);
});

test('machine ids are 32 hexadecimal digits, the same at every start, another for every host', () => {
  const ids = TOPOLOGY.hosts.map(({ name }) => contentOf(name, '/etc/machine-id'));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}\n$/);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the gateway of a room passes its own entry to its own balancer and can be isolated', () => {
  const rules = renderGatewayRules('B');
  expect(rules).toContain('ip daddr 203.0.113.102 tcp dport { 80, 443 } dnat ip to 198.18.2.10');
  expect(rules).toContain('ip saddr 198.18.2.0/24 ip daddr 198.18.2.0/24 ct status dnat masquerade');
  expect(rules).toMatch(/table inet iso \{\s+set cut \{\s+type ipv4_addr\s+flags interval, timeout/);
  expect(rules.match(/priority -300/g)).toHaveLength(2);
  expect(rules).not.toContain('198.18.1.');
});

test('users find both rooms behind the name of the shop', () => {
  expect(renderResolverConfig().match(/A 203\.0\.113\.10[12]/g)).toEqual([
    'A 203.0.113.101',
    'A 203.0.113.102',
  ]);
});

test('files get their modes whatever the umask is, and folders on the way are open', async () => {
  umask = process.umask(0o077);
  const root = join(folder, 'root');
  await writeTree(root, hostFiles(TOPOLOGY, TOPOLOGY.hosts[0] ?? unreachable(), KEYS));
  const modes: Record<string, number> = {
    '.': 0o755,
    etc: 0o755,
    'etc/ssh': 0o755,
    'etc/hosts': 0o644,
    'etc/ssh/ssh_host_ed25519_key': 0o600,
    root: 0o700,
    'root/.ssh': 0o700,
    'root/.ssh/authorized_keys': 0o600,
  };
  for (const [path, mode] of Object.entries(modes)) {
    expect([path, (await stat(join(root, path))).mode & 0o7777]).toEqual([path, mode]);
  }
});

test('a tree can be written again over itself', async () => {
  const entries: readonly TreeEntry[] = [
    { path: '/a/file', content: 'one' },
    { path: '/a/link', target: '/a/file' },
  ];
  await writeTree(folder, entries);
  await chmod(join(folder, 'a/file'), 0o600);
  await writeTree(folder, entries);
  expect(await readFile(join(folder, 'a/file'), 'utf8')).toBe('one');
  expect((await stat(join(folder, 'a/file'))).mode & 0o777).toBe(0o644);
  expect(await readlink(join(folder, 'a/link'))).toBe('/a/file');
});

test('the assets of the shop are the same in every lab, and no two alike', () => {
  expect(assetContent(3)).toHaveLength(192 * 1024);
  expect(assetContent(3).equals(assetContent(3))).toBe(true);
  expect(assetContent(3).equals(assetContent(4))).toBe(false);
});

function unreachable(): never {
  throw new Error('a topology has hosts');
}
