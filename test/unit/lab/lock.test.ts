import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { concurrently } from '../../../src/lib/lab/concurrently.js';
import { takeLock, tryLock } from '../../../src/lib/lab/lock.js';

const isLinux = process.platform === 'linux';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-lock-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test.runIf(isLinux)('a lock is held by one; the next gets it when it is released', async () => {
  const path = join(folder, 'lock');
  const first = await tryLock(path);
  expect(await tryLock(path)).toBeUndefined();
  let waited = 0;
  const second = takeLock(path, () => {
    waited += 1;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  first?.release();
  (await second).release();
  expect(waited).toBe(1);
});

test.runIf(isLinux)(
  'a lock outlives us as long as a program lives that holds it, and no longer',
  async () => {
    const path = join(folder, 'lock');
    const lock = await tryLock(path);
    const holder = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', lock?.fd ?? 'ignore'] });
    lock?.release();
    expect(await tryLock(path)).toBeUndefined();
    const ended = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await ended;
    const next = await tryLock(path);
    expect(next).toBeDefined();
    next?.release();
  },
);

test.runIf(isLinux)(
  'who waited for a lock that was removed gets a new one, on a file that is there',
  async () => {
    const path = join(folder, 'lock');
    const first = await tryLock(path);
    const second = takeLock(path, () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    first?.remove();
    const lock = await second;
    expect(existsSync(path)).toBe(true);
    expect(await tryLock(path)).toBeUndefined();
    lock.release();
  },
);

test('work is limited, and the first error ends it once what is running has ended', async () => {
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    if (item === 4) throw new Error('four');
  };
  await expect(concurrently([1, 2, 3, 4, 5, 6, 7, 8, 9], 2, work)).rejects.toThrow('four');
  expect(most).toBe(2);
  expect(running).toBe(0);
  expect(begun.length).toBeLessThan(7);
});
