import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DiskReserve } from '../../../src/lib/own-files/disk-reserve.js';
import { LocalFile } from '../../../src/lib/own-files/local-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-local-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const reserveThat = (take: DiskReserve['take']) => ({ take }) as DiskReserve;

it('holds what came in the order in which it came, however long each look at the disk takes', async () => {
  const path = join(folder, 'log');
  const looks = [40, undefined, 5, undefined, undefined];
  const file = await LocalFile.create(
    path,
    reserveThat(() => {
      const ms = looks.shift();
      return ms === undefined ? undefined : sleep(ms);
    }),
  );
  const parts = ['first ', 'second ', 'third ', 'fourth ', 'fifth'];
  // As a channel gives them: the next one may come before there is room for it.
  await Promise.all(parts.map((part) => file.write(Buffer.from(part))));
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe(parts.join(''));
});

it('holds nothing behind what could not be written', async () => {
  const path = join(folder, 'log');
  let looks = 0;
  const file = await LocalFile.create(
    path,
    reserveThat(() => {
      looks += 1;
      return looks === 2 ? sleep(5).then(() => Promise.reject(new Error('no room'))) : undefined;
    }),
  );
  await file.write(Buffer.from('first '));
  const rest = ['second ', 'third '].map((part) => file.write(Buffer.from(part)));
  for (const each of rest) await expect(each).rejects.toThrow('no room');
  await expect(file.write(Buffer.from('fourth'))).rejects.toThrow('no room');
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe('first ');
});
