import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isRoot, NOBODY } from '../support/file-kinds.js';

const KUAFU = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));

let folder: string;
let config: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-surroundings-'));
  config = join(folder, 'k.yaml');
  writeFileSync(config, 'rooms: {A: {network: 198.18.1.0/24, hosts: {web-a-01: 198.18.1.11}}}\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** By a shell, in a working folder that is gone when kuafu starts. */
function inDeletedFolder(...words: readonly string[]) {
  const gone = join(folder, 'gone');
  mkdirSync(gone);
  const line = 'cd "$1" && rmdir "$1" && shift && exec "$@"';
  return spawnSync('sh', ['-c', line, 'sh', gone, process.execPath, KUAFU, ...words], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: folder },
  });
}

it.each([
  ['config', 'check'],
  ['ops', 'list'],
  ['resource', 'list'],
  ['exec', 'web-a-01', '--dry-run', '--', 'id'],
])('%s %s works in a working folder that was deleted', (...words) => {
  const flags = words.includes('--')
    ? words.toSpliced(words.indexOf('--'), 0, '--config', config)
    : [...words, '--config', config];
  const { status, stderr } = inDeletedFolder(...flags);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
});

it.each([
  [['config', 'check']],
  [['config', 'check', '--config', 'k.yaml']],
  [['logs', 'fetch', '--app', 'shop', '--to', 'x', '--config', 'CONFIG']],
])('%j, which needs a working folder, says that it was deleted', (words) => {
  const { status, stderr } = inDeletedFolder(...words.map((word) => (word === 'CONFIG' ? config : word)));
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(status).toBe(2);
});

it.runIf(isRoot)(
  'without environment, home and an entry in the user database it does what needs none',
  () => {
    const options = { encoding: 'utf8', env: {}, uid: NOBODY - 1234, gid: NOBODY - 1234, cwd: '/' } as const;
    const { status, stderr } = spawnSync(process.execPath, [KUAFU, '--version'], options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const found = spawnSync(process.execPath, [KUAFU, 'config', 'check'], options);
    expect(found.stderr).toContain('no configuration');
    expect(found.status).toBe(2);
  },
);
