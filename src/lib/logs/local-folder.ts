import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sentenceOf, UsageError } from '../errors.js';

/** Makes a folder of this machine, and those above it. @throws {UsageError} when it cannot be made */
export async function makeFolder(path: string): Promise<void> {
  try {
    await make(path);
  } catch (error) {
    throw new UsageError(
      `no folder can be made at ${path}: ${sentenceOf(error)}`,
      'name another one with --to',
    );
  }
}

/** Not mkdir's `recursive`: in a place such as /proc, where nothing can be made and ENOENT says so, it never ends. */
async function make(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return;
  if (dirname(path) !== path) await make(dirname(path));
  await mkdir(path);
}
