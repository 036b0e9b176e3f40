import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ScriptHost, ScriptHosts } from '../../support/script-hosts.js';

const PATIENCE = { timeout: 20_000, interval: 20 };

let hosts: ScriptHosts;
beforeEach(async () => {
  hosts = await ScriptHosts.open();
});
afterEach(() => hosts.close());

const sumOf = (bytes: Buffer) => `sum ${createHash('blake2b512').update(bytes).digest('hex')}`;

async function hears(host: ScriptHost, line: string | RegExp): Promise<void> {
  const isIt = (said: string) => (typeof line === 'string' ? said === line : line.test(said));
  await expect.poll(() => host.said.find(isIt), PATIENCE).toBeDefined();
}

async function receiver(name: string, size: number, rate: number): Promise<ScriptHost> {
  const host = await hosts.host(name);
  host.start('receiver', String(size), String(rate), '192.0.2.0/24', 'gzip');
  await hears(host, 'ready');
  return host;
}

/** A receiver that has all already, and one that it feeds. */
async function pair(content: Buffer, rate: number, noise = ''): Promise<readonly [ScriptHost, ScriptHost]> {
  const first = await receiver('first', content.length, rate);
  const second = await receiver('second', content.length, rate);
  if (noise !== '') await writeFile(join(second.folder, 'noise'), noise);
  await writeFile(join(first.spool, 'part'), content);
  first.feed(second);
  return [first, second];
}

describe('a limit of the rate', () => {
  it.each([
    [1, 1],
    [3, 2],
    [3, 7],
    [999, 1000],
    [1000, 250],
    [1000, 1001],
    [65_535, 65_537],
    [262_147, 400_001],
    [999_983, 999_984],
    [20_000_000, 10_000_001],
    [20_000_000, 4_999_999],
    [1_000_000_000_000, 3_000_000],
  ])('of %d bytes a second lets %d bytes arrive whole', async (rate, size) => {
    const content = randomBytes(size);
    const [first, second] = await pair(content, rate);
    await hears(second, sumOf(content));
    await hears(first, /^fed second 0/);
  });

  it('shows what came of a piece that is not whole yet', async () => {
    const [, second] = await pair(randomBytes(4000), 1000);
    await expect.poll(async () => (await second.file('part')).length, PATIENCE).toBeGreaterThan(0);
    second.say('size');
    await hears(second, /^(250|500|750|1000|1250) bytes$/);
  });
});

describe('a login on a host whose shell prints', () => {
  it.each([
    ['a line', 'hi\n'],
    ['no line end', 'hi'],
    ['what looks like an offset', '7\nkuafu-have \nkuafu-have x\n kuafu-have 9\nkuafu-have'],
    ['NUL and bytes', '\0\xff\x1b[31m\r\n'],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('goes on: %s', async (_, noise) => {
    const content = randomBytes(70_000);
    const [, second] = await pair(content, 0, noise);
    await hears(second, sumOf(content));
  });
});

it('goes on from what is there, and has one process alone that receives', async () => {
  const content = randomBytes(3_000_000);
  const [first, second] = await pair(content, 1_000_000);
  await expect.poll(async () => (await second.file('part')).length, PATIENCE).toBeGreaterThan(250_000);
  first.feed(second);
  await hears(second, sumOf(content));
});

it('takes what the loader says of a library that is not there for no fault of the archive', async () => {
  const content = randomBytes(70_000);
  const first = await receiver('first', content.length, 0);
  const second = await receiver('second', content.length, 0);
  const loader = "ERROR: ld.so: object '/a.so' from LD_PRELOAD cannot be preloaded (no such file): ignored.";
  await writeFile(join(hosts.root, 'bin/dd'), `#!/bin/sh\necho "${loader}" >&2\nexec /bin/dd "$@"`, {
    mode: 0o755,
  });
  await writeFile(join(first.spool, 'part'), content);
  first.feed(second);
  await hears(second, sumOf(content));
  second.say('size');
  await hears(second, `${content.length} bytes`);
  expect(second.said.filter((line) => line.startsWith('broken'))).toEqual([]);
});

it('says itself that it cannot keep the archive', async () => {
  const content = randomBytes(70_000);
  const first = await receiver('first', content.length, 0);
  const second = await receiver('second', content.length, 0);
  const full = "dd: error writing 'standard output': No space left on device";
  await writeFile(
    join(hosts.root, 'bin/dd'),
    `#!/bin/sh\ncase $ROOT$PWD in *second*) echo "${full}" >&2; exit 1 ;; esac\nexec /bin/dd "$@"`,
    { mode: 0o755 },
  );
  await writeFile(join(first.spool, 'part'), content);
  first.feed(second);
  await hears(first, /^fed second 1/);
  second.say('size');
  await hears(second, `broken ${full}`);
});

it('says that it can let nobody in, when its keys cannot be changed', async () => {
  const host = await hosts.host('first');
  await symlink('/proc/version', join(host.folder, 'home/.ssh/authorized_keys'));
  host.start('receiver', '1000', '0', '192.0.2.0/24', 'gzip');
  await hears(host, /^unable authorized_keys cannot be changed: \S/);
  expect(host.said).not.toContain('ready');
});

it('writes one line into authorized_keys, which is in UTC, and takes it away again with those of others that ended', async () => {
  const host = await hosts.host('first');
  const keys = join(host.folder, 'home/.ssh/authorized_keys');
  const old = `restrict,command="sh ${host.folder}/spools/261128-zzzz.00/receive",from="x" ssh-ed25519 BBBB kuafu-261128-zzzz.00`;
  const own = ['ssh-ed25519 CCCC me', 'ssh-ed25519 DDDD kuafu-261128-zzzz.00'];
  await writeFile(keys, [own[0], old, own[1]].join('\n'));
  host.start('receiver', '1000', '0', '192.0.2.0/24', 'gzip');
  await hears(host, 'ready');
  const lines = (await readFile(keys, 'utf8')).trim().split('\n');
  expect(lines.slice(0, 2)).toEqual(own);
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(
    /^restrict,command="sh \S+\/receive",from="192\.0\.2\.0\/24",expiry-time="\d{14}Z" ssh-ed25519 AAAA kuafu-261129-abcd\.12345678$/,
  );
  await host.end();
  expect((await readFile(keys, 'utf8')).trim().split('\n')).toEqual(own);
  expect(await readdir(join(host.folder, 'spools'))).toEqual([]);
});

it('tells how much of an archive went into a link, exactly, while it packs', async () => {
  const tree = join(hosts.root, 'tree');
  await mkdir(tree);
  await writeFile(join(tree, 'file'), randomBytes(500_000));
  const words = [`.${tree}`];
  const packed = execFileSync('sh', [
    '-c',
    'tar -c -C / --sort=name --format=gnu "$@" | gzip -1 -n',
    'sh',
    ...words,
  ]);
  const template = await hosts.host('template');
  template.start('template', String(packed.length), '0', '', 'gzip', ...words);
  await hears(template, 'ready');
  const second = await receiver('second', packed.length, 0);
  await writeFile(
    join(hosts.root, 'bin/gzip'),
    '#!/bin/sh\n/bin/gzip "$@" | { head -c 100000; sleep 3; cat; }',
    { mode: 0o755 },
  );
  template.feed(second);
  await expect
    .poll(() => {
      template.say('size');
      return template.said.at(-1);
    }, PATIENCE)
    .toBe('gave second 100000');
  await hears(second, sumOf(packed));
});

describe('spools of others', () => {
  it('go when a host is visited, and nothing that is not ours', async () => {
    const host = await hosts.host('first');
    const spools = join(host.folder, 'spools');
    const away = join(host.folder, 'away');
    await mkdir(spools, { mode: 0o700 });
    await mkdir(join(away, 'kept'), { recursive: true, mode: 0o700 });
    await mkdir(join(spools, '261128-aaaa.11'), { mode: 0o700 });
    await symlink(away, join(spools, '261128-aaaa.11/link'));
    await symlink(away, join(spools, '261128-bbbb.22'));
    await mkdir(join(spools, '261128-cccc.33'), { mode: 0o755 });
    await mkdir(join(spools, 'lab'));
    host.start('receiver', '1000', '0', '192.0.2.0/24', 'gzip');
    await hears(host, 'ready');
    expect((await readdir(spools)).sort()).toEqual([
      '261128-bbbb.22',
      '261128-cccc.33',
      '261129-abcd.12345678',
      'lab',
    ]);
    expect(existsSync(join(away, 'kept'))).toBe(true);
  });

  it.each([
    [
      'a link',
      async (spools: string, folder: string) => {
        await mkdir(join(folder, 'elsewhere'));
        await symlink(join(folder, 'elsewhere'), spools);
      },
    ],
    [
      'a folder that others can write to',
      async (spools: string) => {
        await mkdir(spools);
        execFileSync('chmod', ['0777', spools]);
      },
    ],
  ])('are not begun in %s', async (_, make) => {
    const host = await hosts.host('first');
    await make(join(host.folder, 'spools'), host.folder);
    host.start('receiver', '1000', '0', '192.0.2.0/24', 'gzip');
    await host.end();
    expect(host.said.filter(Boolean)).toEqual([]);
  });
});
