import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostScript } from '../../../src/host-script.js';
import { envFactsCommand, parseEnvFacts } from '../../../src/lib/env/env-facts.js';
import { marked } from '../../../src/lib/ssh/remote-line.js';

let root: string;
let folder: string;
let path: string;
let precious: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kuafu-env-'));
  folder = join(root, 'conf');
  path = join(folder, 'env');
  precious = join(root, 'precious');
  mkdirSync(folder);
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin', 'systemctl'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(precious, 'of root\n', { mode: 0o600 });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs a script as a host does, with programs of the folder `bin` in front. */
function run(name: string, args: readonly string[], input = '') {
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
  return spawnSync('sh', ['-c', hostScript(name), 'kuafu', ...args], { input, encoding: 'utf8', env });
}

function put(content: string, previous: 'keep' | 'drop' = 'keep', ...more: string[]) {
  const digest = createHash('sha256').update(content).digest('hex');
  return run(
    'env/put',
    [path, '640', '', 'mode,owner', previous, join(root, 'brought'), ...more],
    `${digest}\n${content}`,
  );
}

/** Whoever may write in the folder puts links to a file of root at every new name there, at the moment when `program` is called. */
function swapWhen(program: string): void {
  const real = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
  const script = `#!/bin/sh
for found in ${folder}/env.kuafu-*; do
  case $found in *prev | *swap) continue ;; esac
  rm -f "$found" && ln -s ${precious} "$found"
done
exec ${real} "$@"
`;
  writeFileSync(join(root, 'bin', program), script, { mode: 0o755 });
}

function read(service = '') {
  const { line, mark } = marked(envFactsCommand({ path, service }, 'both'));
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
  const { stdout } = spawnSync('sh', ['-c', line], { encoding: 'utf8', env });
  return parseEnvFacts(stdout.slice(mark.bytes.length));
}

test('are written whole, kept for a rollback, and put back', () => {
  expect(put('A=1\n').stdout).toBe('changed\n');
  expect(put('A=1\n').stdout).toBe('unchanged\n');
  expect(put('A=2\n').stdout).toBe('changed\n');
  const { current, previous } = read();
  const login = spawnSync('sh', ['-c', 'echo $(id -un):$(id -gn)'], { encoding: 'utf8' }).stdout.trim();
  expect(current).toMatchObject({ kind: 'file', mode: '640', owner: login, login });
  expect(current.bytes?.toString()).toBe('A=2\n');
  expect(previous?.bytes?.toString()).toBe('A=1\n');
  const version = previous?.version ?? '';
  const swap = () => run('env/swap', [path, version, join(root, 'brought')]).stdout;
  expect([swap(), swap()]).toEqual(['changed\n', 'unchanged\n']);
  expect(read().current.bytes?.toString()).toBe('A=1\n');
  expect(read().previous?.bytes?.toString()).toBe('A=2\n');
  expect(readdirSync(folder).sort()).toEqual(['env', 'env.kuafu-prev']);
});

test('that come back after the service was started are known to be unread by it', () => {
  put('A=1\n');
  put('A=2\n');
  const long = new Date('2020-01-01T00:00:00Z');
  for (const file of [path, `${path}.kuafu-prev`]) utimesSync(file, long, long);
  const version = read().previous?.version ?? '';
  spawnSync('sleep', ['0.2']);
  const started = Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1e6);
  const script = `#!/bin/sh\necho ActiveState=active\necho ExecMainStartTimestampMonotonic=${started}\n`;
  writeFileSync(join(root, 'bin', 'systemctl'), script, { mode: 0o755 });
  expect(read('shop.service').isUnread).toBe(false);
  spawnSync('sleep', ['0.2']);
  run('env/swap', [path, version, join(root, 'brought')]);
  const after = read('shop.service');
  expect(after.current.bytes?.toString()).toBe('A=1\n');
  expect(after.isUnread).toBe(true);
});

test.each(['cat', 'chown', 'chmod', 'cp', 'sync', 'cmp', 'sha256sum', 'mv', 'touch', 'stat'])(
  'harm no file of root where somebody puts links at their names as %s is called',
  (program) => {
    put('A=1\n');
    chmodSync(precious, 0o600);
    const before = statSync(precious);
    swapWhen(program);
    const { status, stdout } = put('A=2\n');
    expect(readFileSync(precious, 'utf8')).toBe('of root\n');
    expect(statSync(precious)).toMatchObject({ mode: before.mode, uid: before.uid, ino: before.ino });
    // What is done is done, or it is said that it was not.
    if (status === 0) expect([stdout, readFileSync(path, 'utf8')]).toEqual(['changed\n', 'A=2\n']);
  },
);

test.runIf(process.getuid?.() === 0)(
  'of another account are not read for it where they lead elsewhere',
  () => {
    chmodSync(root, 0o755);
    spawnSync('chown', ['65534:65534', folder]);
    symlinkSync('/etc/passwd', path);
    expect(read().current).toMatchObject({ kind: 'link', bytes: undefined });
    rmSync(path);
    linkSync(precious, path);
    expect(read().current).toMatchObject({ kind: 'other', bytes: undefined });
    rmSync(path);
    writeFileSync(join(folder, 'own'), 'A=1\n');
    symlinkSync('own', path);
    expect(read().current.bytes?.toString()).toBe('A=1\n');
  },
);

test('that are pipes are looked at and not waited for', () => {
  spawnSync('mkfifo', [path]);
  expect(read().current).toMatchObject({ kind: 'other', bytes: undefined });
});

test.runIf(process.getuid?.() === 0)(
  'that an expansion brought go again, and nothing beside them or changed since',
  () => {
    const remove = () => run('copy/remove', [root, `file:${path}`]);
    expect(put('A=1\n', 'drop', 'brings').stdout).toBe('changed\n');
    writeFileSync(join(folder, 'env.kuafu-backup'), 'mine\n');
    writeFileSync(join(folder, 'env.kuafu-origin'), 'mine\n');
    writeFileSync(join(folder, 'env.kuafu-tmp-aaaaaaaaaaaa'), 'mine\n');
    writeFileSync(path, 'A=1\nB=2\n');
    expect(remove().stdout).toContain(`left ${path}: somebody else has changed it since`);
    // A push makes it ours again, but not the change that is kept beside it.
    expect(put('A=3\n').stdout).toBe('changed\n');
    expect(remove()).toMatchObject({ stdout: expect.stringMatching(/^changed$/m) });
    const theirs = ['backup', 'origin', 'prev', 'tmp-aaaaaaaaaaaa'];
    expect(readdirSync(folder).sort()).toEqual(theirs.map((end) => `env.kuafu-${end}`));
  },
);
