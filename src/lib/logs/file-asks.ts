import type { Ask } from './ask.js';
import { HEAD_BYTES } from './file-head.js';
import type { FollowedFile } from './followed-file.js';

export interface FollowOptions {
  /** Of a file at a time, and of all files in a round, in bytes. */
  readonly chunkBytes: number;
  readonly roundBytes: number;
  /** Of files that are there at the first look. */
  readonly lastLines: number | 'all';
}

/** A pattern may name thousands of files: their heads are read by and by. */
const MAX_NEW_HEADS = 20;

/**
 * What to ask for now: as much as a round may bring, of each file a chunk; what was rotated away first. Whether a file is
 * still the one that it was is asked before anything of it is.
 * @param isFull no more of a log is wanted
 */
export function asksOf(
  files: readonly FollowedFile[],
  { chunkBytes, roundBytes, lastLines }: FollowOptions,
  isFull: (log: string) => boolean,
): Ask[] {
  const asks: Ask[] = [];
  const held = new Set<string>();
  let bytes = 0;
  let heads = 0;
  for (const file of inTurn(files)) {
    const { id, path, log, at, size, isOld, isDoubtful } = file;
    if (file.wantsHead && (isDoubtful || heads++ < MAX_NEW_HEADS))
      asks.push({ kind: 'head', id, path, size: HEAD_BYTES });
    if (!file.isOpen) {
      asks.push({ kind: 'begin', id, path, lines: file.isAnywhere && size > 0 ? lastLines : 'all' });
      if (isOld) held.add(log);
    } else if (file.wantsHead && isDoubtful) held.add(log);
    else if (!held.has(log) && file.isLive && bytes < roundBytes && !isFull(log)) {
      asks.push({ kind: 'read', id, path, from: at, size: chunkBytes });
      bytes += chunkBytes;
      // What came after it waits until it was read.
      if (isOld && size - at > chunkBytes) held.add(log);
    }
  }
  return asks;
}

/** Asks for the number of lines that will not be shown. */
export function skipsOf(files: readonly FollowedFile[]): Ask[] {
  const behind = inTurn(files).filter(
    ({ isOpen, isDoubtful, at, size }) => isOpen && !isDoubtful && size > at,
  );
  return behind.map(({ id, path, at, size }) => ({ kind: 'count', id, path, from: at, size: size - at }));
}

function inTurn(files: readonly FollowedFile[]): FollowedFile[] {
  return [...files.filter(({ isOld }) => isOld), ...files.filter(({ isOld }) => !isOld)];
}
