import { dirname, resolve } from 'node:path';
import { lookAt } from '../own-files/look.js';
import { notOurs } from '../own-files/not-ours.js';
import { believedBy } from './find.js';

/**
 * A user who can write a program that the configuration names can run anything as this user. The same holds for the script that
 * an interpreter gets, and any of the arguments may be that script.
 *
 * @param file the configuration
 * @throws {Error} with a sentence
 */
export function requireBelievable([program = '', ...args]: readonly string[], file: string): void {
  const owners = believedBy(file);
  const given = args.map((arg) => resolve(dirname(file), arg));
  for (const path of [program, ...given]) {
    const { stats, doubt } = lookAt(path, owners);
    const isRun = path === program || stats?.isFile() === true || stats?.isDirectory() === true;
    if (isRun && doubt !== undefined)
      throw new Error(`it is not run: ${notOurs(path, doubt).message} (${doubt.mend})`);
  }
}
