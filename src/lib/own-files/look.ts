import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Owners, otherWriters, trustedOwners } from './owners.js';

/** A file or folder that another user could change. */
export interface Doubt {
  readonly path: string;
  /** A clause without its subject, such as `belongs to uid 65534`. */
  readonly reason: string;
  /** A command that corrects it, if the file is the right one. */
  readonly mend: string;
}

export interface Looked {
  /** The path without links; for a missing file, the path that it would have. */
  readonly path: string;
  /** Undefined: it does not exist. */
  readonly stats: Stats | undefined;
  /** The first part of the path, including the last, that other users could change. */
  readonly doubt: Doubt | undefined;
  /** False: a folder of the path is missing; the user who makes it first decides where the path leads. */
  readonly hasFolder: boolean;
}

/** Linux's own limit for the links in one path (path_resolution(7)). */
const MAX_LINKS = 40;
const STICKY = 0o1000;

/**
 * Follows a path from the root folder, through links, and tells whether a user who is not trusted could replace a part of it.
 * Each folder and each link on the path must belong to a trusted owner. No folder may be writable by others, except sticky
 * folders such as /tmp, in which a user can move only its own files. A path without doubt is safe to use: no other user can
 * replace a part of it between the check and the use.
 *
 * @throws errors of lstat(2) other than ENOENT
 */
export function lookAt(path: string, owners: Owners = trustedOwners()): Looked {
  const todo = resolve(path).split('/').filter(Boolean);
  let at = '/';
  let stats: Stats | undefined = lstatSync(at);
  let doubt = doubtAbout(at, stats, owners, todo.length === 0);
  for (let links = 0; todo.length > 0; ) {
    const part = todo.shift() ?? '';
    const next = part === '..' ? dirname(at) : join(at, part);
    stats = lstatSync(next, { throwIfNoEntry: false });
    if (stats === undefined) return { path: join(next, ...todo), stats, doubt, hasFolder: todo.length === 0 };
    doubt ??= doubtAbout(next, stats, owners, todo.length === 0);
    if (!stats.isSymbolicLink()) at = next;
    else {
      links += 1;
      if (links > MAX_LINKS) return { path: next, stats, doubt: doubt ?? inCircles(next), hasFolder: true };
      const target = readlinkSync(next);
      if (target.startsWith('/')) at = '/';
      todo.unshift(...target.split('/').filter((each) => each !== '' && each !== '.'));
      if (todo.length === 0) stats = lstatSync(at);
    }
  }
  return { path: at, stats, doubt, hasFolder: true };
}

function inCircles(path: string): Doubt {
  return { path, reason: 'is a link that leads to itself', mend: `rm ${path}` };
}

/** @param isLast a sticky folder is allowed on the path, but not as its end */
function doubtAbout(path: string, stats: Stats, owners: Owners, isLast: boolean): Doubt | undefined {
  const { uid, mode } = stats;
  if (!owners.has(uid)) {
    const self = process.geteuid?.() ?? 0;
    return { path, reason: `belongs to uid ${uid}`, mend: `chown -h ${self} ${path}` };
  }
  if (stats.isSymbolicLink()) return undefined;
  if (stats.isDirectory() && (mode & STICKY) !== 0 && !isLast) return undefined;
  const writers = otherWriters(stats);
  if (writers === undefined) return undefined;
  // Everybody needs /dev/null as it is.
  if (stats.isCharacterDevice() || stats.isBlockDevice())
    return { path, reason: 'is a device', mend: 'name a file' };
  return { path, reason: `can be written by ${writers}`, mend: `chmod go-w ${path}` };
}

/** The kind of a file, as a noun with its article. */
export function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isSymbolicLink()) return 'a link';
  return 'a device';
}
