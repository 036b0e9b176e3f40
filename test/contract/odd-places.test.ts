import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { hostScript } from '../../src/host-script.js';
import { PlacedHost } from '../support/placed-host.js';

// The scripts that hosts run, on file systems that are full, that know no attributes, or that let nothing be changed. Needs the
// right to mount, which the control host of a lab has.
let host: PlacedHost;
const mounted: string[] = [];

afterEach(() => {
  spawnSync('chattr', ['-R', '-i', host.folder]);
  for (const folder of mounted.splice(0).reverse()) run('umount', folder);
  host.close();
});

const OLD = { 'bin/shop': 'old', 'lib/b': 'b' };
const MANY = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [`many/${index}`, 'x'.repeat(9000)]),
);
const NEW = { 'bin/shop': 'new', ...MANY };

function run(...[program = '', ...words]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`);
  return stdout;
}

function mount(type: string, folder: string, options = 'rw'): void {
  run('mount', '-t', type, '-o', options, type, folder);
  mounted.push(folder);
}

/** A host on which kuafu has put OLD, and which gets `files`; what is mounted at `opt` and `state` is so from the beginning. */
function expanded(mounts: Readonly<Record<string, string>>, prepare = () => host.pack(NEW)): void {
  host = new PlacedHost();
  prepare();
  const archive = join(host.folder, 'archive');
  renameSync(archive, `${archive}.new`);
  for (const [folder, options] of Object.entries(mounts)) mount('tmpfs', join(host.folder, folder), options);
  host.pack(OLD);
  expect(host.place()).toMatchObject({ status: 0, stderr: '' });
  renameSync(`${archive}.new`, archive);
}

it.each<[string, Readonly<Record<string, string>>]>([
  ['no room where the app lies', { opt: 'size=300k' }],
  ['no inode where the app lies', { opt: 'size=4m,nr_inodes=40' }],
  ['no room in the spool', { state: 'size=300k' }],
  ['no inode in the spool', { state: 'size=4m,nr_inodes=40' }],
])('with %s the old tree stays as it was, and once there is room the new one comes', (_, mounts) => {
  expanded(mounts);
  const failed = host.place();
  expect(failed.status).toBeGreaterThan(0);
  expect(failed.stderr).toMatch(/No space left/);
  expect(host.files()).toEqual(OLD);
  expect(host.beside()).toEqual(['shop']);
  for (const folder of mounted) run('mount', '-o', 'remount,size=64m,nr_inodes=9000', folder);
  expect(host.place()).toMatchObject({ status: 0, stderr: '' });
  expect(host.files()).toEqual(NEW);
  expect(host.beside()).toEqual(['shop']);
});

// user.colour, and a list that lets account 12 read (acl(5) as the kernel has it: version 2; then tag, right and account of each).
const MARK = `
import os, struct, sys
acl = struct.pack('<I', 2)
for tag, right, account in (1, 6, -1), (2, 4, 12), (4, 4, -1), (16, 6, -1), (32, 0, -1):
    acl += struct.pack('<HHi', tag, right, account)
os.setxattr(sys.argv[1], 'user.colour', b'blue')
os.setxattr(sys.argv[1], 'system.posix_acl_access', acl)`;
const SHOW = `
import os, sys
print({name: os.getxattr(sys.argv[1], name) for name in sorted(os.listxattr(sys.argv[1]))})`;
const marked = (path = join(host.app, 'bin', 'shop')) => run('python3', '-c', SHOW, path);

function packMarked(): void {
  host.put(NEW);
  run('python3', '-c', MARK, join(host.app, 'bin', 'shop'));
  host.packWhatIsThere();
}

it.each<[string, Readonly<Record<string, string>>]>([
  ['one file system', {}],
  ['two of them', { opt: 'size=64m' }],
])('access lists and attributes come with a file on %s', (_, mounts) => {
  expanded(mounts, packMarked);
  expect(host.place()).toMatchObject({ status: 0, stderr: '' });
  expect(marked()).toMatch(/'system.posix_acl_access': .*'user.colour': b'blue'/);
});

it.each(['opt', 'state'])('where %s can hold no attribute nothing is put in place, and it is said', (at) => {
  host = new PlacedHost();
  packMarked();
  mount('ramfs', join(host.folder, at));
  const { status, stderr } = host.place();
  expect([status, stderr]).toEqual([
    66,
    expect.stringMatching(/this host cannot hold all .*(colour|not supported)/),
  ]);
  expect(host.files()).toEqual({});
  expect(host.beside()).toEqual([]);
});

it.each(['shop', 'shop/lib', 'shop/lib/b'])(
  'with chattr +i at %s the app is the old one or the new one',
  (name) => {
    expanded({});
    const path = join(host.folder, 'opt', name);
    run('chattr', '+i', path);
    const { status, stderr } = host.place();
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(/Operation not permitted/);
    expect([OLD, NEW]).toContainEqual(host.files());
    run('chattr', '-R', '-i', join(host.folder, 'opt'));
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    expect(host.files()).toEqual(NEW);
    expect(host.beside()).toEqual(['shop']);
  },
);

it('an environment file keeps the access list that it has there, and so does its previous version', () => {
  host = new PlacedHost();
  const path = join(host.folder, 'env');
  writeFileSync(path, 'A=1\n', { mode: 0o640 });
  run('python3', '-c', MARK, path);
  const list = /'system.posix_acl_access': (b'[^']*')/.exec(marked(path))?.[1] ?? 'none';
  const digest = createHash('sha256').update('A=2\n').digest('hex');
  const words = [path, '640', '', 'mode,owner', 'keep', join(host.folder, 'brought')];
  const put = spawnSync('sh', ['-c', hostScript('env/put'), 'kuafu', ...words], {
    input: `${digest}\nA=2\n`,
    encoding: 'utf8',
  });
  expect(put).toMatchObject({ status: 0, stdout: 'changed\n', stderr: '' });
  for (const file of [path, `${path}.kuafu-prev`]) expect(marked(file)).toContain(list);
});
