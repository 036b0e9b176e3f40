import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Owners, otherWriters, trustedOwners } from './owners.js';

/** What somebody else could change. */
export interface Doubt {
  readonly path: string;
  /** A clause without its subject, such as `belongs to uid 65534`. */
  readonly reason: string;
  /** A command that mends it, where it is right as it should be. */
  readonly mend: string;
}

export interface Looked {
  /** Where it is, without links; of what is missing, where it would be. */
  readonly path: string;
  /** Undefined: it is not there. */
  readonly stats: Stats | undefined;
  /** The first thing on the way down to it, itself included, that is not ours alone. */
  readonly doubt: Doubt | undefined;
  /** False: a folder on the way is missing; who makes it first, says where the path leads. */
  readonly hasFolder: boolean;
}

/** The bound of Linux itself for one path (path_resolution(7)). */
const MAX_LINKS = 40;
const STICKY = 0o1000;

/**
 * Goes down to a path from the root folder, through links, and tells whether anybody but trusted owners could put
 * something else in its place: each folder and each link on the way has to belong to one of them, and no folder may be
 * written to by others, but for sticky ones such as /tmp, where nobody moves what is not theirs. What is without doubt
 * can be used by its path, as nobody is there to swap a part of it in between.
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

/** @param isLast a sticky folder is a place to go through, and none to have */
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
  return { path, reason: `can be written by ${writers}`, mend: `chmod go-w ${path}` };
}

/** What a thing of the file system is, as a noun with its article. */
export function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isSymbolicLink()) return 'a link';
  return 'a device';
}
