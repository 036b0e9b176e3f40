import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from './errno.js';

const MADE_WITHIN_MS = 10_000;

/** What is said where a folder on the way is not there, or not any more; the latter by a control group in its last moment. */
const NOT_THERE = ['ENOENT', 'ENODEV'];

const STILL_USED = ['ENOTEMPTY', 'EEXIST', 'EBUSY'];

/**
 * Makes a folder, and those above it, below one that labs share and the last of them removes: another lab may take that away
 * between two steps of ours, and then it is made again. (mkdir of Node.js with `recursive` ends with ENOENT, ENODEV or ENOTDIR
 * then.)
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

/** False when the folder above is not there. */
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

/** Removes a shared folder unless somebody has something in it. */
export async function removeShared(path: string): Promise<void> {
  await rmdir(path).catch((error: unknown) => {
    if (![...NOT_THERE, ...STILL_USED].includes(errnoOf(error) ?? '')) throw error;
  });
}
