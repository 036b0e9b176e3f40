import { lstatSync, mkdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { lookAt } from './look.js';
import { NotOursError, noSuchKind, notOurs } from './not-ours.js';

/**
 * Makes a folder that only our user can use (0700), and its missing parents; an existing folder stays as it is. Returns its path
 * without links: files made below it stay in this folder, even if a link is changed later.
 *
 * @throws NotOursError when it, or a part of its path, belongs to another user, is open to others, or is no folder; errors of
 * mkdir(2) and lstat(2)
 */
export function makeOwnFolder(path: string): string {
  const absolute = resolve(path);
  const before = lookAt(absolute);
  if (before.doubt !== undefined) throw notOurs(path, before.doubt);
  if (before.stats === undefined) make(absolute);
  const { path: real, stats, doubt } = lookAt(absolute);
  if (doubt !== undefined) throw notOurs(path, doubt);
  if (stats?.isDirectory() !== true) throw stats ? noSuchKind(path, stats, 'a folder') : toNowhere(path);
  return real;
}

/**
 * Makes the folder of a file when it is missing, as makeOwnFolder() does. An existing folder may be sticky, as /tmp is.
 * @throws as makeOwnFolder()
 */
export function makeFolderOf(file: string): void {
  const { doubt } = lookAt(file);
  if (doubt !== undefined) throw notOurs(file, doubt);
  if (lookAt(dirname(file)).stats === undefined) makeOwnFolder(dirname(file));
}

/** mkdir's `recursive` is not used: in a place such as /proc, where mkdir fails with ENOENT, it never ends. */
function make(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
  if (!lookAt(path).hasFolder) make(dirname(path));
  // Checked again: another user may have made the parent meanwhile, and it may lead anywhere.
  const { path: real, doubt, hasFolder } = lookAt(path);
  if (doubt !== undefined) throw notOurs(path, doubt);
  if (!hasFolder)
    throw Object.assign(new Error(`no such folder: ${dirname(path)}`), { code: 'ENOENT', path });
  try {
    mkdirSync(real, { mode: 0o700 });
  } catch (error) {
    // Another process was faster; the caller then checks the owner.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function toNowhere(path: string): NotOursError {
  return new NotOursError(`${path} is a link to nothing`, `make the folder it stands for, or: rm ${path}`);
}

/** A new folder (0700) with a name that cannot be guessed, in a folder of ours, which is made when it is missing. */
export async function makeRandomFolder(parent: string, prefix: string): Promise<string> {
  return await mkdtemp(join(makeOwnFolder(parent), prefix));
}

/**
 * Removes folders of ours from a folder of ours, by name. A folder of another owner, a link or a file is left alone.
 * @throws NotOursError when other users can change the parent
 */
export async function sweepFolders(
  parent: string,
  isLeft: (name: string, mtimeMs: number) => boolean,
): Promise<void> {
  const folder = makeOwnFolder(parent);
  for (const name of await readdir(folder)) {
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true || stats.uid !== process.geteuid?.()) continue;
    // rm() does not follow links below it.
    if (isLeft(name, stats.mtimeMs)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
