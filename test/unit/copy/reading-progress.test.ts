import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseWeighed, weighCommand } from '../../../src/lib/copy/archive.js';
import { progressArguments, progressReader } from '../../../src/lib/copy/reading-progress.js';
import { renderCommand } from '../../../src/lib/shell/quote.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-progress-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function weigh(progress: readonly string[]) {
  const command = weighCommand({ paths: [folder], exclude: [], format: 'pax' }, 'any', 1000, progress);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', renderCommand(command.words)]);
  return { status, stderr, weighed: parseWeighed(stdout.toString(), stderr.toString()) };
}

it('a real tar tells how far it is, in bytes, and makes the same archive', () => {
  writeFileSync(join(folder, 'a'), Buffer.alloc(25_000_000));
  const { status, stderr, weighed } = weigh(progressArguments(25_000_000));
  const read: number[] = [];
  const hear = progressReader((bytes) => read.push(bytes));
  // Chunks end where they like.
  for (let at = 0; at < stderr.length; at += 7) hear(stderr.subarray(at, at + 7));
  expect(read).toEqual([10_240_000, 20_480_000]);
  expect(status).toBe(0);
  expect(weighed).toEqual(weigh([]).weighed);
});

it('a tree of 300 GB is told in a hundred lines', () => {
  expect(progressArguments(300e9)[0]).toBe('--checkpoint=292969');
});

it('takes no other line for it, whatever a host says', () => {
  const read: number[] = [];
  const hear = progressReader((bytes) => read.push(bytes));
  hear(
    Buffer.from('tar: kuafu-read 5 more\ntar: kuafu-read -1\nkuafu-read 7\ntar: kuafu-read 9999999999999\n'),
  );
  hear(Buffer.from('tar: kuafu-read 3'));
  expect(read).toEqual([]);
  hear(Buffer.from('\n'));
  expect(read).toEqual([30_720]);
});
