import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hostScript } from '../../../../src/host-script.js';

/** What the script prints for a process that is called haproxy, with these words behind its name. */
function shown(name: string, prepare: (path: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'kuafu-haproxy-'));
  const program = join(folder, 'haproxy');
  copyFileSync('/bin/sh', program);
  prepare(join(folder, name));
  spawnSync('chmod', ['755', program]);
  const running = spawn(program, ['-c', 'read -r line', '-f', name], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  onTestFinished(() => {
    running.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const words = ['-c', hostScript('balancer/configuration'), 'kuafu', String(running.pid)];
  return spawnSync('sh', words, { encoding: 'utf8', timeout: 20_000 });
}

test('the file is shown that it was told to read', () => {
  const { status, stdout } = shown('a.cfg', (path) => writeFileSync(path, 'backend shop\n'));
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'backend shop\n\n' });
});

test.each([
  ['a pipe, which nobody writes to', (path: string) => void spawnSync('mkfifo', [path])],
  ['a device', (path: string) => void spawnSync('ln', ['-s', '/dev/zero', path])],
])('%s, is not opened', (_, prepare) => {
  const { signal, stdout } = shown('a.cfg', prepare);
  expect(signal).toBe(null);
  expect(stdout).not.toContain('\0');
});
