import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpyHost } from '../../support/spy-host.js';

let host: SpyHost;
const running: ChildProcess[] = [];
beforeEach(() => {
  host = new SpyHost();
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  host.close();
});

/** A process that is called haproxy, or otherwise, with these words behind its name. */
async function start(name: string, ...words: readonly string[]): Promise<string> {
  const program = join(host.folder, name);
  if (!existsSync(program)) {
    copyFileSync('/bin/sh', program);
    chmodSync(program, 0o755);
  }
  const child = spawn(program, ['-c', 'echo; read -r line', ...words], { stdio: ['pipe', 'pipe', 'ignore'] });
  running.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return String(child.pid);
}

it('tells those that the process was told to replace, and that are still there', async () => {
  const old = await start('haproxy', '-f', 'a.cfg');
  const another = await start('nothaproxy');
  const gone = await start('haproxy');
  const killed = running.pop() as ChildProcess;
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const now = await start('haproxy', '-f', '12', '-sf', old, another, gone, '-x', old);
  expect(host.run('balancer/predecessors', [now])).toMatchObject({ status: 0, stdout: `${old}\n` });
});

it.each(['-sf', '-st'])('tells none of a process that replaced none (%s)', async (flag) => {
  const now = await start('haproxy', flag);
  expect(host.run('balancer/predecessors', [now])).toMatchObject({ status: 0, stdout: '' });
});

it('does not speak of a process that is no HAProxy', () => {
  expect(host.run('balancer/predecessors', [String(process.pid)])).toMatchObject({ status: 64, stdout: '' });
});
