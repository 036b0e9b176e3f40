import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, kuafu } from '../support/kuafu.js';
import { onTerminal } from '../support/terminal.js';
import { type UnreachableRooms, unreachableRooms } from '../support/unreachable-rooms.js';

const SECRET = 'hunter2-of-the-shop';

let rooms: UnreachableRooms;

beforeAll(async () => {
  rooms = await unreachableRooms(`rooms:
  A: {network: 127.0.1.0/24, hosts: {'web-a-[01-02]': '127.0.1.[11-12]'}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}}
apps:
  shop:
    service: shop.service
    files: [/opt/shop]
    logs: {files: [/var/log/shop/*.log]}
    env: {file: /etc/shop/env, common: {WORD: '\${SHOP_TEST_WORD}'}}
    groups: {web: {A: 'web-a-[01-02]', B: web-b-01}}
`);
});
afterAll(() => rooms.remove());

async function logs(...words: readonly string[]): Promise<Ended> {
  return await kuafu(['logs', '--config', rooms.config, ...words], { SHOP_TEST_WORD: SECRET });
}

describe('wrong usage', () => {
  it.each([
    [['grep', '-x', '--app', 'shop'], "unknown option '-x'", "kuafu logs grep --app shop -- '-x'"],
    [
      ['grep', '-1 bytes', '--app', 'shop'],
      "unknown option '-1 bytes'",
      "kuafu logs grep --app shop -- '-x'",
    ],
    [
      ['grep', 'x', '--since', '2026-01-02', '--until', '2026-01-01', '--app', 'shop'],
      '--until 2026-01-01 is before --since 2026-01-02',
      'the earlier time goes to --since',
    ],
    [['grep', 'x', '--fodl'], "unknown option '--fodl'", 'Did you mean --fold?'],
    [['grep', '--', '-x', '--fold'], '--fold is no node set', 'flags go in front of --'],
    [['grep', '--', '-x', '--app', 'shop'], '--app is no node set', 'flags go in front of --'],
    [['tail', '--', '--app'], '--app is no node set', 'flags go in front of --'],
    [['grep', 'a\nb', '--app', 'shop'], 'the pattern "a\\nb" has a line end', '-e once for each'],
    [['grep', '-e', 'a', '-e', 'b\n', '--app', 'shop'], 'the pattern "b\\n" has a line end', '-e'],
    [['grep', 'a', '--exclude', 'b\nc', '--app', 'shop'], '--exclude "b\\nc" has a line end', '--exclude'],
    [['tail', '--grep', 'a\nb', '--app', 'shop'], '--grep "a\\nb" has a line end', '--grep'],
    [['tail', '--exclude', 'a\nb', '--app', 'shop'], '--exclude "a\\nb" has a line end', '--exclude'],
  ])('%j', async (words, message, hint) => {
    const { code, stdout, stderr } = await logs(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.replaceAll(/kuafu -c \S+ /g, 'kuafu ')).toContain(hint);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

it.each([
  ['is a file', (path: string) => writeFileSync(path, ''), 'is no folder'],
  [
    'has another manifest',
    (path: string) => {
      mkdirSync(path);
      writeFileSync(join(path, 'manifest.json'), '[]');
    },
    'is no list of fetched logs that kuafu wrote',
  ],
])('a place to fetch to that %s is named, but for a secret in its name', async (_what, make, message) => {
  const folder = mkdtempSync(join(rooms.path, 'to-'));
  make(join(folder, `${SECRET}-logs`));
  const run = await logs('fetch', '--app', 'shop', '--to', join(folder, `${SECRET}-logs`));
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(run.stderr).toContain('[SHOP_TEST_WORD]-logs');
  expect(run.stderr).not.toContain(SECRET);
  expect(run.stderr).not.toMatch(/\n {4}at /);
});

it('fetch says on a terminal where it writes before it asks a host', async () => {
  const to = join(rooms.path, 'fetched');
  const words = ['logs', '--config', rooms.config, 'fetch', '--app', 'shop', '--to', to];
  const env = { SHOP_TEST_WORD: SECRET, HOME: rooms.path, SSH_AUTH_SOCK: '' };
  const { screen } = await onTerminal(words, env, [], 200);
  expect(screen).toMatch(new RegExp(`^files are written to ${to} \\(--to\\)\r?\n`));
});

it.each([
  [['tail', '--no-follow']],
  [['grep', 'x']],
  [['grep', '--fold', '--', '-x']],
  [['fetch', '--to', '.']],
])(
  '%j names each host that is not reached once, those of one reason together',
  async ([verb = '', ...words]) => {
    const { code, stderr } = await logs(verb, '--app', 'shop', ...words);
    expect(code).toBe(5);
    const [reason, ...rest] = stderr.trimEnd().split('\n');
    expect(reason).toBe('web-a-[01-02],web-b-01: nothing listens there (connection refused)');
    expect(rest).toEqual([expect.stringMatching(/^kuafu: no host could be re(ad|ached)$/)]);
  },
);
