import { randomBytes } from 'node:crypto';
import { constants, lstatSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { lookAt } from './look.js';
import { noSuchKind, notOurs, requireOurs } from './not-ours.js';

const { O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * A new file in a folder of ours, open for writing, and only for our user (0600). An existing file or link is never opened.
 * @throws errors of open(2): EEXIST when the path exists
 */
export async function createFile(path: string): Promise<FileHandle> {
  return await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
}

/**
 * A file of ours, open to read and to append to; made (0600) when it is missing.
 * @throws NotOursError when other users can change it or a part of its path, or it is no regular file; errors of open(2)
 */
export async function openToAppend(path: string): Promise<FileHandle> {
  const { path: real, stats, doubt, hasFolder } = lookAt(path);
  if (doubt !== undefined) throw notOurs(path, doubt);
  if (!hasFolder) throw noFolder(path);
  if (stats !== undefined && !stats.isFile()) throw noSuchKind(path, stats, 'a file');
  const link = stats === undefined ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
  if (link?.isSymbolicLink() === true) throw noSuchKind(path, link, 'a file');
  const file = await open(real, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    // In /tmp another user may have made it first.
    requireOurs(real, 'a file');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Appends to a file in a folder of ours; made (0600) when it is missing. @throws errors of open(2) and write(2) */
export async function append(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600);
  await file.writeFile(content).finally(() => file.close());
}

/**
 * Replaces the content of a file as a whole or not at all: a reader never sees a part. An existing file or link is replaced, not
 * written to. Only our user can read the new file (0600).
 *
 * @throws NotOursError when other users can change its folder, unless that is a sticky one such as /tmp; errors of open(2),
 * write(2) and rename(2)
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const { path: part, doubt, hasFolder } = lookAt(fresh);
  if (doubt !== undefined) throw notOurs(dirname(path), doubt);
  if (!hasFolder) throw noFolder(path);
  const file = await createFile(part);
  try {
    await file.writeFile(content).finally(() => file.close());
    await rename(part, join(dirname(part), basename(path)));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

function noFolder(path: string): Error {
  return Object.assign(new Error(`no such folder: ${dirname(path)}`), { code: 'ENOENT', path });
}
