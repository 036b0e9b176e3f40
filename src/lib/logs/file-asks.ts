import type { Ask } from './ask.js';
import { HEAD_BYTES } from './file-head.js';
import type { FollowedFile } from './followed-file.js';

export interface FollowOptions {
  /** Bytes for each file at a time, and for all files in a round. */
  readonly chunkBytes: number;
  readonly roundBytes: number;
  /** For files that exist at the first look. */
  readonly lastLines: number | 'all';
}

/** A pattern may name thousands of files: only this many heads are read in a round. */
const MAX_NEW_HEADS = 20;

/**
 * The requests for now: up to the size of a round, one chunk of each file, rotated files first. Before a file is read, its
 * identity is checked.
 * @param isFull true: no more lines of the log are wanted
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
      // The newer file waits until the rotated one has been read.
      if (isOld && size - at > chunkBytes) held.add(log);
    }
  }
  return asks;
}

/** Requests the number of lines that will be skipped. */
export function skipsOf(files: readonly FollowedFile[]): Ask[] {
  const behind = inTurn(files).filter(
    ({ isOpen, isDoubtful, at, size }) => isOpen && !isDoubtful && size > at,
  );
  return behind.map(({ id, path, at, size }) => ({ kind: 'count', id, path, from: at, size: size - at }));
}

function inTurn(files: readonly FollowedFile[]): FollowedFile[] {
  return [...files.filter(({ isOld }) => isOld), ...files.filter(({ isOld }) => !isOld)];
}
