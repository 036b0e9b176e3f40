import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readHierarchies } from '../../src/lib/lab/hierarchies.js';
import { makeInShared, removeShared } from '../../src/lib/lab/shared-folder.js';

// Labs that come and go at once, on this machine: each makes what it needs below a folder that the last one removes.
const ROUNDS = 100;
const LABS = ['one', 'two', 'three', 'four'];

async function comeAndGo(shared: string, lab: string): Promise<void> {
  const own = join(shared, lab, 'host');
  for (let round = 0; round < ROUNDS; round++) {
    await makeInShared(own);
    await rmdir(own);
    await rmdir(dirname(own));
    await removeShared(shared);
  }
}

async function expectNoLoss(shared: string): Promise<void> {
  const ends = await Promise.allSettled(LABS.map((lab) => comeAndGo(shared, lab)));
  expect(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))).toEqual([]);
}

it('a control group that all labs share is there for each of them, though the last removes it', async () => {
  const hierarchies = await readHierarchies();
  expect(hierarchies).not.toEqual([]);
  for (const { mountPoint } of hierarchies) await expectNoLoss(join(mountPoint, `kuafu.test-${process.pid}`));
});

it('so is a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-shared-'));
  await expectNoLoss(join(folder, 'kuafu', 'lab'));
  await rmdir(join(folder, 'kuafu'));
  await rmdir(folder);
});
