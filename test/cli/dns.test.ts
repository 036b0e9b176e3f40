import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ended, kuafu, saidBy } from '../support/kuafu.js';
import { type UnreachableRooms, unreachableRooms } from '../support/unreachable-rooms.js';

// `kuafu dns set`, `unset` and `undo`, with a program of this machine in the place of a provider: its zone is a file.
const PROGRAM = `#!/usr/bin/env node
const { readFileSync, writeFileSync, existsSync } = require('node:fs');
const zone = __dirname + '/zone.json';
const records = JSON.parse(readFileSync(zone));
if (process.argv[2] === 'list') console.log(JSON.stringify({ records }));
else if (existsSync(__dirname + '/broken')) process.exit(1);
else {
  const { changes } = JSON.parse(readFileSync(0));
  const isOf = (one) => (other) => one.name === other.name && one.type === other.type;
  const left = records.filter((record) => !changes.some(isOf(record)));
  const made = changes.flatMap(({ name, type, to }) => (to ? [{ name, type, ...to }] : []));
  writeFileSync(zone, JSON.stringify([...left, ...made]));
}
`;
const A = '203.0.113.101';
const B = '203.0.113.102';

let rooms: UnreachableRooms;
const zoneFile = () => join(rooms.path, 'zone.json');
const write = async (values: readonly string[], ttl = 5) =>
  await writeFile(zoneFile(), JSON.stringify([{ name: 'www', type: 'A', ttl, values }]));
beforeAll(async () => {
  rooms =
    await unreachableRooms(`rooms: {A: {network: 127.0.1.0/24}, B: {network: 127.0.2.0/24, hosts: {dns-b: 127.0.2.9}}}
layers:
  dns:
    shop.test:
      provider: exec
      program: [./zone.cjs]
      names: {www: {class: web, ttl: 5s, rooms: {A: ${A}, B: ${B}}, steady: {A: 100, B: 100}}}
    dark.test:
      provider: rfc2136
      servers: {B: dns-b}
      key: {name: k, secret: '\${TSIG}'}
      names: {www: {class: dark, ttl: 5s, rooms: {A: ${A}, B: ${B}}, steady: {A: 100, B: 100}}}
`);
  await chmod(rooms.path, 0o700);
  await writeFile(join(rooms.path, 'zone.cjs'), PROGRAM, { mode: 0o700 });
});
beforeEach(() => write([A, B]));
afterAll(() => rooms.remove());

async function dns(...words: readonly string[]): Promise<Ended> {
  return await kuafu(['--config', rooms.config, 'dns', ...words], { TSIG: 'c2VjcmV0' });
}

/** Where the zone leads now. */
async function leads(): Promise<readonly string[]> {
  return JSON.parse(await readFile(zoneFile(), 'utf8'))[0].values;
}

it('a dry run shows what differs and the plan, and changes nothing', async () => {
  const end = await dns('set', 'www.shop.test', '--to', 'B', '--dry-run');
  expect(end.code, saidBy(end)).toBe(0);
  expect(end.stdout).toMatch(
    /NAME +AUTHORITY +NOW +THEN\nwww\.shop\.test +\S+zone\.cjs +A and B, 5s +B, 5s\n/,
  );
  expect(end.stdout).toContain('users may have the old answer for 5s more, its TTL');
  expect(await leads()).toEqual([A, B]);
});

it('is set as confirmed by the checksum, and told as different from the configuration', async () => {
  const { stdout } = await dns('set', 'www.shop.test', '--to', 'B', '--dry-run', '--json');
  const { checksum } = JSON.parse(stdout);
  const set = await dns('set', 'www.shop.test', '--to', 'B', '--checksum', checksum);
  expect(set.code, saidBy(set)).toBe(0);
  expect(set.stdout).toContain('users may have the old answer for 5s');
  expect(set.stdout).toContain('1 of 1 hosts as asked for');
  expect((await dns('status', 'shop.test')).stdout).toMatch(/ B, 5s +A and B, 5s +differs/);
  const again = await dns('set', 'www.shop.test', '--to', 'B', '--yes');
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to do')]);
});

it('is undone by its id, once', async () => {
  const set = await dns('set', '--class', 'web', '--to', 'B', '--yes');
  const id = /operation (\S+):/.exec(set.stderr)?.[1] ?? '';
  expect(await leads()).toEqual([B]);
  const undo = await dns('undo', id, '--yes');
  expect(undo.code, saidBy(undo)).toBe(0);
  expect(await leads()).toEqual([A, B]);
  expect((await dns('undo', id, '--yes')).stdout).toContain('is left to take back');
});

it('one room is taken out, never the last one', async () => {
  expect((await dns('unset', 'www.shop.test', '--idc', 'A', '--yes')).code).toBe(0);
  expect(await leads()).toEqual([B]);
  const last = await dns('unset', 'www.shop.test', '--idc', 'B', '--yes');
  expect([last.code, last.stdout]).toEqual([3, '']);
  expect(last.stderr).toContain('www.shop.test would lead nowhere');
});

it('all names of a room are led to the other, and a name that does not lead there is left', async () => {
  const words = ['switch', '--from', 'A', '--to', 'B', '--class', 'web', '--yes'];
  const end = await dns(...words);
  expect(end.code, saidBy(end)).toBe(0);
  expect(end.stdout).toContain('what users are told could not be asked');
  expect(await leads()).toEqual([B]);
  const again = await dns(...words);
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('no such name leads to A')]);
  expect(again.stderr).toContain('left as it is, as it does not lead to A: www.shop.test');
});

it('a plan that is stale is refused', async () => {
  const { stdout } = await dns('set', 'www.shop.test', '--to', 'B', '--dry-run', '--json');
  await write([A]);
  const end = await dns('set', 'www.shop.test', '--to', 'B', '--checksum', JSON.parse(stdout).checksum);
  expect([end.code, end.stderr]).toEqual([3, expect.stringContaining('the plan is not the one of checksum')]);
});

it('what cannot be done is taken back, and the reason is told', async () => {
  await writeFile(join(rooms.path, 'broken'), '');
  const end = await dns('set', 'www.shop.test', '--to', 'B', '--yes');
  expect(end.code, saidBy(end)).toBe(4);
  expect(end.stdout + end.stderr).toContain('did not take the change');
  expect(await leads()).toEqual([A, B]);
});

describe('is refused', () => {
  it.each<readonly [number, readonly string[], string, string]>([
    [2, ['set', 'ww.shop.test', '--to', 'B'], "did you mean 'www.shop.test'?", 'www.dark.test'],
    [2, ['set', 'www.shop.test', '--to', 'C'], 'has no address in room C', 'its rooms: A, B'],
    [2, ['set', 'www.shop.test'], 'where shall the names lead?', '--weights A=90,B=10'],
    [2, ['unset', 'www.shop.test'], 'which room?', 'kuafu dns unset www.shop.test --idc A'],
    [2, ['unset', 'www.shop.test', '--idc', 'A', '--room', 'B'], 'name two rooms', ''],
    [2, ['switch', '--from', 'A'], 'to which room?', 'kuafu dns switch --from A --to B'],
    [2, ['switch', '--from', 'A', '--to', 'B', '--app', 'shop'], 'has app shop', 'the key `app`'],
    [2, ['undo', 'zzzz'], 'zzzz', ''],
    [3, ['set', 'www.shop.test', '--to', 'B'], 'no confirmation', '--yes'],
    [3, ['set', 'www.shop.test', '--weights', 'A=9,B=1', '--yes'], 'exec knows none', 'powerdns can'],
    [
      3,
      ['set', '--class', 'dark', '--to', 'B', '--yes'],
      'dns-b could not be asked about dark.test',
      'kuafu dns status',
    ],
  ])('with %i: %j', async (code, words, message, hint) => {
    const end = await dns(...words);
    expect([end.code, end.stdout], saidBy(end)).toEqual([code, '']);
    expect(end.stderr).toContain(message);
    expect(end.stderr.replaceAll(/kuafu -c \S+ /g, 'kuafu ')).toContain(hint);
    expect(await leads()).toEqual([A, B]);
  });
});

it.each(['set', 'unset', 'switch', 'undo'])(
  'dns %s has a help of 80 columns with an example',
  async (verb) => {
    const { stdout } = await dns(verb, '--help');
    expect(stdout).toContain(`kuafu dns ${verb}`);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);
