// Nothing of node:fs/promises: this file is loaded while that is mocked.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

const disk = { folder: '', bytes: Number.POSITIVE_INFINITY };

/** In a test file: `vi.mock('node:fs/promises', async (load) => withSmallDisk(await load()))` */
export function withSmallDisk(actual: typeof import('node:fs/promises')): typeof import('node:fs/promises') {
  const statfs = vi.fn(async () => ({ bavail: freeOnDisk(), bsize: 1, blocks: 1 }));
  return { ...actual, statfs: statfs as unknown as typeof actual.statfs };
}

/** A folder on a disk of so many bytes, on which only what is in the folder takes room; removed after the test. */
export function smallDisk(bytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'kuafu-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  Object.assign(disk, { folder, bytes });
  return folder;
}

export function freeOnDisk(): number {
  const names = readdirSync(disk.folder, { recursive: true, encoding: 'utf8' });
  const sizes = names.map((name) => statSync(join(disk.folder, name))).filter((stats) => stats.isFile());
  return disk.bytes - sizes.reduce((sum, { size }) => sum + size, 0);
}
