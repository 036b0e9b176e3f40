import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from './errno.js';

const MADE_WITHIN_MS = 10_000;

/**
 * The error codes if a folder of the path does not exist, or not any more; a control group gives the latter just before it is
 * gone.
 */
const NOT_THERE = ['ENOENT', 'ENODEV'];

const STILL_USED = ['ENOTEMPTY', 'EEXIST', 'EBUSY'];

/**
 * Makes a folder, and its parent folders, below a folder that labs share and the last lab removes. Another lab may remove a
 * parent between two steps; then it is made again. (mkdir of Node.js with `recursive` fails with ENOENT, ENODEV or ENOTDIR in
 * that case.)
 *
 * @param mode of each folder that is made
 */
export async function makeInShared(path: string, mode?: number): Promise<void> {
  const deadline = performance.now() + MADE_WITHIN_MS;
  while (!(await makeOne(path, mode))) {
    if (dirname(path) !== path) await makeInShared(dirname(path), mode);
    if (performance.now() > deadline) await mkdir(path, { recursive: true });
    await sleep(Math.random() * 2);
  }
}

/** False if the parent folder does not exist. */
async function makeOne(path: string, mode: number | undefined): Promise<boolean> {
  try {
    await mkdir(path, mode);
    return true;
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (NOT_THERE.includes(errno)) return false;
    if (errno === 'EEXIST') return true;
    throw error;
  }
}

/** Removes a shared folder if it is empty. */
export async function removeShared(path: string): Promise<void> {
  await rmdir(path).catch((error: unknown) => {
    if (![...NOT_THERE, ...STILL_USED].includes(errnoOf(error) ?? '')) throw error;
  });
}
