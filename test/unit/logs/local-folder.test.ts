import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../src/lib/logs/local-folder.js';

it('makes a folder with those above it, and says where none can be', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-folder-'));
  makeFolder(join(folder, 'a/b'));
  makeFolder(join(folder, 'a/b'));
  expect((await stat(join(folder, 'a/b'))).isDirectory()).toBe(true);
  await writeFile(join(folder, 'file'), '');
  for (const path of [join(folder, 'file/x'), '/proc/x/y'])
    expect(() => makeFolder(path)).toThrow(/no folder can be made/);
  expect(() => makeFolder(join(folder, 'file'))).toThrow(/is a file, not a folder/);
  await rm(folder, { recursive: true });
});
