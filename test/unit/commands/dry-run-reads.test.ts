import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { main } from '../../../src/main.js';
import { AnsweringHosts } from '../../support/answering-hosts.js';
import { copyLastLedger, inLedger } from '../../support/last-release.js';

// The whole program in this process, with hosts that answer as it expects: what a dry run sends is seen, whatever it is marked as.
const world = vi.hoisted((): { hosts: AnsweringHosts | undefined } => ({ hosts: undefined }));
vi.mock('../../../src/lib/ssh/connections.js', () => ({ openConnections: () => world.hosts?.connections }));

const HEALTH = "health: {http: 'http://{address}:8080/', passes: 1}";
const ENV = 'env: {file: /etc/shop/env, common: {A: new}}';

let folder: string;
let config: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-dry-'));
  ({ config, file } = await copyLastLedger('working-day', folder));
  const text = await readFile(config, 'utf8');
  await writeFile(config, text.replace('    groups:', `    ${HEALTH}\n    ${ENV}\n    groups:`));
  world.hosts = new AnsweringHosts({
    'lb-a': [
      ['web-a-01', '198.18.1.11'],
      ['web-a-02', '198.18.1.12'],
    ],
    'lb-b': [
      ['web-b-01', '198.18.2.11'],
      ['web-b-02', '198.18.2.12'],
    ],
  });
  await world.hosts.listen();
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  await rm(folder, { recursive: true });
});

/** What a dry run sends: how it ended, and all that hosts were told. */
async function dryRun(words: readonly string[]) {
  const code = await main([...words, '--dry-run', '--config', config]);
  return { code, sent: world.hosts?.sent ?? [] };
}

const HOSTS = ['host/facts', 'copy/template', 'copy/weigh'];
const BALANCER = ['show servers state shop', 'show stat shop 4 -1', 'show cli level'];
const UNITS = ['systemctl', 'health', ...BALANCER];
const SCALE = ['scale', '--app=shop', '--group=web', '--idc=B', '--template-ip=198.18.1.11'];

it.each([
  [
    [...SCALE, '--count=1', '--start'],
    [...HOSTS, 'copy/obstacles', 'health', 'balancer/configuration', ...BALANCER],
  ],
  [
    [...SCALE, '--count=1', '--replace'],
    [...HOSTS, 'copy/obstacles', 'copy/fingerprint'],
  ],
  [['scale', '--app=shop', '--group=web', '--idc=B', '--to=1'], UNITS],
  [['start', '--app=shop', 'web-b-01'], UNITS],
  [['restart', '--app=shop', 'web-b-01', '--keep=0'], UNITS],
  [['env', 'push', '--app=shop'], ['env/read']],
  [
    ['env', 'push', '--app=shop', '--restart', '--keep=0'],
    ['env/read', ...UNITS],
  ],
  [['env', 'rollback', '--app=shop'], ['env/read']],
  [['traffic', 'drain', 'web-b-01', '--keep=0'], BALANCER],
  [['traffic', 'ready', 'web-b-01'], UNITS],
  [['traffic', 'repair', '--app=shop', '--idc=B'], BALANCER],
  [['resource', 'clean', 'new-b-05'], ['show servers state shop']],
])('%j sends reads alone', async (words, least) => {
  const { code, sent } = await dryRun(words);
  expect([0, 3]).toContain(code);
  expect(sent.map(({ what }) => what)).toEqual(expect.arrayContaining(least));
  expect(sent.filter(({ what, effect }) => effect === 'write' || /^(set|add|del)/.test(what))).toEqual([]);
});

it('neither does taking an expansion back, going on with one, or giving it up', async () => {
  const operations = inLedger<{ id: string; kind: string }>(file, 'select id, kind from operations');
  expect(operations.length).toBeGreaterThan(2);
  for (const { id, kind } of operations)
    for (const words of [
      ...(kind === 'scale' ? [['scale', '--undo', id]] : []),
      ['ops', 'resume', id],
      ['ops', 'close', id],
    ])
      expect([0, 3], words.join(' ')).toContain((await dryRun(words)).code);
  const sent = world.hosts?.sent ?? [];
  expect(sent.map(({ what }) => what)).toContain('show servers state shop');
  expect(sent.filter(({ what, effect }) => effect === 'write' || !/^show/.test(what))).toEqual([]);
});
