import { lstatSync, mkdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { lookAt } from './look.js';
import { NotOursError, noSuchKind, notOurs } from './not-ours.js';

/**
 * Makes a folder that is ours alone (0700), and those above it that are missing; one that is there stays as it is.
 * Gives its path without links: what is made below it is made there, whoever swaps what.
 *
 * @throws NotOursError when it, or a part of its path, is somebody else's, open to others, or no folder; errors of
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
 * Makes the folder of a file where it is missing, as makeOwnFolder() does. One that is there may be sticky, as /tmp is.
 * @throws as makeOwnFolder()
 */
export function makeFolderOf(file: string): void {
  const { doubt } = lookAt(file);
  if (doubt !== undefined) throw notOurs(file, doubt);
  if (lookAt(dirname(file)).stats === undefined) makeOwnFolder(dirname(file));
}

/** Not mkdir's `recursive`: in a place such as /proc, where nothing can be made and ENOENT says so, it never ends. */
function make(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
  if (!lookAt(path).hasFolder) make(dirname(path));
  // Once more: what is above may have been made by somebody else meanwhile, and lead anywhere.
  const { path: real, doubt, hasFolder } = lookAt(path);
  if (doubt !== undefined) throw notOurs(path, doubt);
  if (!hasFolder)
    throw Object.assign(new Error(`no such folder: ${dirname(path)}`), { code: 'ENOENT', path });
  try {
    mkdirSync(real, { mode: 0o700 });
  } catch (error) {
    // Another process was faster; whose it is shows in a moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function toNowhere(path: string): NotOursError {
  return new NotOursError(`${path} is a link to nothing`, `make the folder it stands for, or: rm ${path}`);
}

/** A new folder (0700) that nobody could guess the name of, in one of ours that is made where it is missing. */
export async function makeRandomFolder(parent: string, prefix: string): Promise<string> {
  return await mkdtemp(join(makeOwnFolder(parent), prefix));
}

/**
 * Removes folders of ours from a folder of ours, by name. What is of another owner, a link or no folder is left alone.
 * @throws NotOursError when the parent is not ours alone
 */
export async function sweepFolders(
  parent: string,
  isLeft: (name: string, mtimeMs: number) => boolean,
): Promise<void> {
  const folder = makeOwnFolder(parent);
  for (const name of await readdir(folder)) {
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true || stats.uid !== process.geteuid?.()) continue;
    // rm() follows no link below it.
    if (isLeft(name, stats.mtimeMs)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
