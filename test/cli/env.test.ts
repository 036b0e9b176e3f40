import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, kuafu } from '../support/kuafu.js';
import { type UnreachableRooms, unreachableRooms } from '../support/unreachable-rooms.js';

let rooms: UnreachableRooms;

beforeAll(async () => {
  rooms = await unreachableRooms(`rooms:
  A: {network: 127.0.1.0/24, hosts: {'web-a-[01-02]': '127.0.1.[11-12]', db-a: 127.0.1.5}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}}
apps:
  shop:
    service: shop.service
    files: [/opt/shop]
    env:
      file: /etc/shop/env
      common: {LEVEL: info, DB: 'shop:\${SHOP_TEST_SECRET}@db', LINES: "one\\ntwo "}
      rooms: {A: {LEVEL: debug}, B: {ONLY: 'b'}}
    groups: {web: {A: 'web-a-[01-02]', B: web-b-01}}
  bare: {service: bare.service, files: [/opt/bare], groups: {web: {A: 'web-a-[01-02]'}}}
`);
});
afterAll(() => rooms.remove());

async function env(...words: readonly string[]): Promise<Ended> {
  const SHOP_TEST_SECRET = words[0] === 'show' ? '' : 'hunter2';
  return await kuafu(['env', '--config', rooms.config, ...words], { SHOP_TEST_SECRET });
}

describe('wrong usage', () => {
  it.each([
    [['diff'], 'which application, or which hosts?', ' diff --app shop\n'],
    [['push', 'db-a'], 'db-a is in no group of an application with an environment', 'kuafu rooms'],
    [['push', '--app', 'shpo'], `there is no application "shpo" (did you mean 'shop'?)`, ''],
    [['push', '--app', 'bare'], 'apps.bare has no env', 'kuafu config docs apps'],
    [['show', '--app', 'shop', '--idc', 'C'], 'there is no room C', 'rooms: A, B'],
    [['diff', '--app', 'shop', '--idc', 'A', '--room', 'B'], 'name two rooms', ''],
    [['diff', '--app', 'shop', 'db-a'], 'no host fits db-a and --app shop', ''],
    [['push', '--app', 'shop', '--batch', '0'], '--batch is "0"', '--batch 1,5,20%'],
    [['rollback', '--app', 'shop', '--max-failed', 'x'], '--max-failed is "x"', ''],
    [['push', '--app', 'shop', '--window', '2'], '--window says how to restart', 'add --restart'],
    [['push', '--app', 'shop', '--max-unhealthy', '2'], '--max-unhealthy says how to restart', ''],
    [['push', '--app', 'shop', '--restart', '--keep', '101%'], '--keep is "101%"', '--keep 70%'],
    [['push', '--app', 'shop', '--restart', '--drain', '30'], '--drain: 30 has no unit', '--drain 30s'],
    [['rollback', '--app', 'shop', '--restart'], "unknown option '--restart'", ''],
  ])('%j', async (words, message, hint) => {
    const { code, stdout, stderr } = await env(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.replaceAll(/kuafu -c \S+ /g, 'kuafu ')).toContain(hint);
  });
});

it.each([[['--app', 'shop']], [[]]])(
  'shows what each room has and where it comes from, secrets by their names: %j',
  async (words) => {
    expect((await env('show', ...words)).stdout).toBe(`shop: /etc/shop/env, mode 640
NAME   ROOM  FROM    VALUE
DB     all   common  shop:[SHOP_TEST_SECRET]@db
LEVEL  A     room    debug
LEVEL  B     common  info
LINES  all   common  "one\\ntwo "
ONLY   A     -       (not set)
ONLY   B     room    b
`);
  },
);

it.each(['diff', 'push', 'rollback'])('env %s says 5 when no host is reached, and why', async (verb) => {
  const run = await env(verb, '@group:web', '--yes');
  expect(run.code).toBe(5);
  expect(run.stderr).toContain('web-a-[01-02],web-b-01');
  expect(run.stdout + run.stderr).not.toContain('hunter2');
});
