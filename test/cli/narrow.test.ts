import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kuafu } from '../support/kuafu.js';
import { onTerminal } from '../support/terminal.js';

const COLUMNS = 40;
const CONFIG = `
ssh: {hostKeys: accept-new, connectTimeout: 1s}
rooms:
  A: {network: 127.0.1.0/24, hosts: {web-a-01: 127.0.1.11}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}, spare: {'new-b-[1-2]': '127.0.2.[21-22]'}}
apps: {shop: {service: shop.service, files: [/opt/shop], groups: {web: {A: web-a-01, B: web-b-01}}}}
`;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-narrow-'));
  await writeFile(join(folder, 'kuafu.config.yaml'), CONFIG);
  env = {
    HOME: folder,
    XDG_STATE_HOME: folder,
    SSH_AUTH_SOCK: '',
    KUAFU_CONFIG: `${folder}/kuafu.config.yaml`,
  };
});
afterAll(() => rm(folder, { recursive: true }));

const COMMANDS = [
  ['--help'],
  ['scale', '--help'],
  ['logs', '--help'],
  ['ops', 'list', '--help'],
  ['restart', '--app', 'shpo'],
  ['scale', '--app', 'shop', '--group', 'web', '--idc', 'B', '--count', '9', '--template-ip', '127.0.1.11'],
  ['logs', 'grep', '--app', 'shop', 'word'],
  ['exec', 'web-a-01', '--dry-run', '--', 'uptime'],
  ['config', 'check'],
  ['config', 'hosts', '--no-pager'],
  ['resource', 'list', '--no-pager'],
  ['resource', 'release', 'web-a-01'],
  ['ops', 'list', '--no-pager'],
  ['ops', 'show', 'none'],
  ['rooms', '--no-pager'],
  ['agents', '--no-pager'],
] as const;

describe('on a terminal of 40 columns', () => {
  it.each(COMMANDS.map((words) => [words.join(' '), words]))('%s breaks no word', async (_, words) => {
    const { screen } = await onTerminal([...words], env, [], COLUMNS);
    const { stdout, stderr } = await kuafu([...words], env);
    const lines = screen.split(/\r?\n/);
    // What is longer is one word, which cannot be broken.
    expect(lines.filter((line) => line.length > COLUMNS && line.trim().includes(' '))).toEqual([]);
    const told = new Set(`${stdout} ${stderr}`.split(/\s+/));
    expect(screen.split(/\s+/).filter((word) => !told.has(word) && !/\d/.test(word))).toEqual([]);
  });
});

it('breaks nothing in a pipe', async () => {
  const { stderr } = await kuafu(['restart', '--app', 'shpo'], env);
  expect(stderr).toBe('kuafu: there is no application "shpo" (did you mean \'shop\'?)\nknown: shop\n');
  const { stdout } = await kuafu(['config', 'check'], env);
  expect(stdout).toMatch(/^.{41,}\n$/);
});
