import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ended, kuafu } from '../support/kuafu.js';
import { type UnreachableRooms, unreachableRooms } from '../support/unreachable-rooms.js';

let rooms: UnreachableRooms;

beforeAll(async () => {
  rooms = await unreachableRooms(`rooms:
  A: {network: 127.0.1.0/24, hosts: {web-a-01: 127.0.1.11}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}}
apps:
  shop: {service: shop.service, files: [/opt/shop], groups: {web: {A: web-a-01, B: web-b-01}}}
`);
});
afterAll(() => rooms.remove());

async function run(...words: readonly string[]): Promise<Ended> {
  return await kuafu([...words, '--config', rooms.config]);
}

it.each([
  [['report', 'capacity', '--target', '0'], 'must be a percentage from 1% to 100%'],
  [['report', 'capacity', '--peak', '1200'], '--peak 1200/s, or --peak x2'],
  [['report', 'capacity', '--per-host', 'x2'], 'must be requests a second'],
  [['report', 'capacity', '--sample', '5'], '5 has no unit'],
  [['report', 'capacity', '--sample', '1h'], 'it must be from 500ms to 5m'],
  [['report', 'capacity', '--lost', 'C'], 'there is no room "C"'],
  [['report', 'capacity', '--app', 'shpo'], "did you mean 'shop'?"],
  [['report', 'capacity', '--group', 'wbe'], "did you mean 'web'?"],
  [['report', 'capacity', '--csv', '--json'], '--csv and --json both go to stdout'],
  [['report', 'resources', '--max-cpu', '200%'], 'must be a percentage'],
  [['report', 'resources', '@app:nope'], 'there is no application "nope"'],
  [['agents', '--idc', 'C'], 'there is no room "C"'],
] as const)('%j is wrong usage', async (words, message) => {
  const { code, stdout, stderr } = await run(...words);
  expect(code).toBe(2);
  expect(`${stdout}${stderr}`).toContain(message);
  expect(stderr).not.toMatch(/\n {4}at /);
});

it('ends with 5 where no host is reached, and has a row for each', async () => {
  expect(await run('report', 'capacity', '--sample', '500ms')).toMatchObject({ code: 5 });
  const resources = await run('report', 'resources', '--by-host', '--sample', '500ms');
  expect(resources).toMatchObject({ code: 5 });
  expect(resources.stdout).toMatch(/^web-b-01 +B +-/m);
  expect(await run('agents')).toMatchObject({ code: 5 });
});

it.each(['', '--csv', '--html'])(
  'report capacity %s in a pipe says nothing on stderr if all is well',
  async (form) => {
    const empty = join(rooms.path, 'empty.yaml');
    await writeFile(
      empty,
      `ledger: 'sqlite:${join(rooms.path, 'l.db')}'
rooms: {A: {network: 127.0.1.0/24}, B: {network: 127.0.2.0/24}}
apps: {shop: {service: shop.service, files: [/opt/shop], groups: {web: {}}}}
`,
    );
    const page = form === '--html' ? [join(rooms.path, 'empty.html')] : [];
    const flags = form === '' ? [] : [form, ...page];
    const run = await kuafu(['report', 'capacity', '--sample', '500ms', ...flags, '--config', empty]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
  },
);

it('shows rooms without asking anybody', async () => {
  const { code, stdout } = await run('rooms', '--no-probe');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^B +B +127\.0\.2\.0\/24 +1 +0 +shop\/web: 1$/m);
});

it('replaces its own page and nothing else', async () => {
  const page = join(rooms.path, 'page.html');
  const words = ['report', 'capacity', '--sample', '500ms', '--html', page];
  expect(await run(...words)).toMatchObject({ code: 5 });
  const first = await readFile(page, 'utf8');
  expect(await run(...words, '--target', '50%')).toMatchObject({ code: 5 });
  expect(await readFile(page, 'utf8')).not.toBe(first);
  await writeFile(page, 'a diary');
  expect(await run(...words)).toMatchObject({ code: 3 });
  expect(await readFile(page, 'utf8')).toBe('a diary');
});
