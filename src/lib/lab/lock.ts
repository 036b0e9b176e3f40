import { closeSync, fstatSync, mkdirSync, openSync, statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { tryTool } from './tool.js';

/** A lock that is held. The kernel releases it when the last process that has `fd` open ends, in whatever way. */
export interface HeldLock {
  readonly fd: number;
  release(): void;
  /** Also removes the lock's file, for a lab that no longer exists. */
  remove(): void;
}

/**
 * Takes a flock(2) on a file, and waits for it. Node.js has no flock; flock(1) inherits kuafu's open file as its descriptor 3
 * and locks it.
 *
 * @param onWait called once if another process holds the lock
 */
export async function takeLock(path: string, onWait: () => void, signal?: AbortSignal): Promise<HeldLock> {
  const first = await tryLock(path);
  if (first !== undefined) return first;
  onWait();
  for (;;) {
    const lock = await lockOnce(path, [], signal);
    if (lock !== undefined) return lock;
    signal?.throwIfAborted();
  }
}

/** The lock, or undefined if another process holds it. */
export async function tryLock(path: string): Promise<HeldLock | undefined> {
  return lockOnce(path, ['--nonblock']);
}

async function lockOnce(path: string, flags: readonly string[], signal?: AbortSignal) {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'a', 0o600);
  const options = signal === undefined ? { holdFd: fd } : { holdFd: fd, signal };
  const { exitCode } = await tryTool('flock', [...flags, '3'], options);
  if (exitCode === 0 && isSameFile(path, fd)) return heldLock(path, fd);
  closeSync(fd);
  return undefined;
}

/** The previous holder may have removed the file: then this lock protects nothing. */
function isSameFile(path: string, fd: number): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && there.ino === fstatSync(fd).ino;
}

function heldLock(path: string, fd: number): HeldLock {
  return {
    fd,
    release: () => closeSync(fd),
    remove: () => {
      unlinkSync(path);
      closeSync(fd);
    },
  };
}
