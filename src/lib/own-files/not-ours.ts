import type { Stats } from 'node:fs';
import { resolve } from 'node:path';
import { RefusedError } from '../errors.js';
import { type Doubt, kindOf, type Looked, lookAt } from './look.js';
import type { Owners } from './owners.js';

/** A file or folder of this machine that another user could change, or that is of the wrong kind. Nothing was read or written. */
export class NotOursError extends RefusedError {}

/**
 * The refusal of a file or folder that is not ours.
 * @param path as the user named it
 */
export function notOurs(path: string, doubt: Doubt): NotOursError {
  const where = doubt.path === resolve(path) ? 'it' : doubt.path;
  return new NotOursError(
    `${path} is not ours alone: ${where} ${doubt.reason}`,
    `if nobody else should have it: ${doubt.mend}`,
  );
}

export function noSuchKind(path: string, stats: Stats, wanted: string): NotOursError {
  return new NotOursError(`${path} is ${kindOf(stats)}, not ${wanted}`, 'name another one, or move it away');
}

export function noFile(path: string): Error {
  return Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT', path });
}

/**
 * A path that exists and that only trusted owners can change, checked from the root folder; see lookAt().
 * @throws NotOursError; errors of lstat(2), including ENOENT
 */
export function requireOurs(path: string, wanted: 'a file' | 'a folder', owners?: Owners): Looked {
  const looked = lookAt(path, owners);
  if (looked.doubt !== undefined) throw notOurs(path, looked.doubt);
  if (looked.stats === undefined) throw noFile(path);
  const isWanted = wanted === 'a file' ? looked.stats.isFile() : looked.stats.isDirectory();
  if (!isWanted) throw noSuchKind(path, looked.stats, wanted);
  return looked;
}
