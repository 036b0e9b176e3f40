import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, kuafu } from '../support/kuafu.js';
import { type UnreachableRooms, unreachableRooms } from '../support/unreachable-rooms.js';

let rooms: UnreachableRooms;

beforeAll(async () => {
  rooms = await unreachableRooms(`rooms:
  A: {network: 127.0.1.0/24, hosts: {'web-a-[01-02]': '127.0.1.[11-12]', lb-a: 127.0.1.10}}
  B: {network: 127.0.2.0/24, hosts: {'web-b-[01-02]': '127.0.2.[11-12]', db-b-01: 127.0.2.13}, spare: {new-b-01: 127.0.2.21}}
apps:
  shop:
    service: shop.service
    files: [/opt/shop]
    traffic: {haproxy: {A: lb-a}, port: 8080}
    groups: {web: {A: 'web-a-[01-02]', B: 'web-b-[01-02]'}}
  pay: {service: pay.service, files: [/opt/pay], groups: {pay: {B: web-b-02}}}
`);
});
afterAll(() => rooms.remove());

async function restart(...words: readonly string[]): Promise<Ended> {
  return await kuafu(['restart', '--config', rooms.config, ...words]);
}

it('traffic drain of hosts of which some serve nothing says the line without them', async () => {
  const run = (...words: readonly string[]) =>
    kuafu(['traffic', 'drain', ...words, '--config', rooms.config]);
  const two = await run('web-b-01', 'db-b-01');
  expect(two.code).toBe(2);
  expect(two.stderr).toMatch(/db-b-01 is in no group.*\nwithout it: kuafu \S+ \S+ traffic drain web-b-01\n/);
  const stranger = await run('db-b-01');
  expect(stranger.stderr).toContain('traffic status shows who is in traffic');
});

describe('wrong usage', () => {
  it.each([
    [[], 'which application, or which hosts?', '--app shop'],
    [['web-b-[01-02]'], 'which application? for web-b-[01-02] there are shop, pay', '--app pay\n'],
    [['db-b-01'], 'db-b-01 is in no group of an application', 'kuafu rooms'],
    [['@idc:B', '--batch', '1'], 'db-b-01 is in no group', ' @idc:B --batch 1 --app shop'],
    [['new-b-01'], 'new-b-01 is spare: nothing is installed there', 'there: kuafu scale --idc B'],
    [['--app', 'shpo'], 'there is no application "shpo" (did you mean \'shop\'?)', 'known: shop'],
    [['--app', 'shop', '--group', 'wbe'], 'wbe', 'web'],
    [['--app', 'shop', '--idc', 'C'], 'there is no room "C"', ''],
    [['--app', 'shop', 'db-b-01'], 'no host fits db-b-01 and --app shop', ''],
    [['--app', 'shop', '--batch', '0'], '"0" is no size of a batch', ''],
    [['--app', 'shop', '--window', '0'], '--window is "0"', '--window 3'],
    [['--app', 'shop', '--keep', '101%'], '--keep is "101%"', '--keep 70%'],
    [['--app', 'shop', '--drain', '30'], '--drain: 30 has no unit', '--drain 30s'],
    [['--app', 'shop', '--max-failed', 'x'], '--max-failed is "x"', ''],
  ])('%j', async (words, message, hint) => {
    const { code, stdout, stderr } = await restart(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.replaceAll(/kuafu -c \S+ /g, 'kuafu ')).toContain(hint);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

it('is refused when the balancer cannot be asked who is in traffic', async () => {
  const run = await restart('--app', 'shop', '--idc', 'A', '--yes');
  expect(run).toMatchObject({ code: 3, stdout: '' });
  expect(run.stderr).toContain('nothing was changed: who is in traffic cannot be read: lb-a');
});

it.each([
  [['restart', 'web-a-01', '--yes'], 'who is in traffic cannot be read: lb-a'],
  [['restart', '--group', 'web', '--idc', 'A', '--yes'], 'who is in traffic cannot be read: lb-a'],
  [['start', 'web-a-01', '--yes'], 'lb-a'],
])('takes the only application of the hosts: %j', async (words, message) => {
  const run = await kuafu([...words, '--config', rooms.config]);
  expect(run).toMatchObject({ code: 3, stdout: '' });
  expect(run.stderr).toContain(message);
});

it('ends with 5 when no host is reached', async () => {
  const run = await restart('--app', 'shop', '--idc', 'B', '--yes');
  expect(run).toMatchObject({ code: 5, stdout: '' });
  expect(run.stderr).toContain('no host could be reached: web-b-01');
});
