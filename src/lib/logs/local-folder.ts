import { sentenceOf, UsageError } from '../errors.js';
import { makeOwnFolder } from '../own-files/folder.js';
import { NotOursError } from '../own-files/not-ours.js';

/**
 * Makes a folder of this machine, and its missing parents, only for our user.
 * @throws {UsageError} when it cannot be made; {NotOursError} when other users can change it or a parent
 */
export function makeFolder(path: string): void {
  try {
    makeOwnFolder(path);
  } catch (error) {
    if (error instanceof NotOursError) throw error;
    throw new UsageError(
      `no folder can be made at ${path}: ${sentenceOf(error)}`,
      'name another one with --to',
    );
  }
}
