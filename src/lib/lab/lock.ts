import { closeSync, fstatSync, mkdirSync, openSync, statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { tryTool } from './tool.js';

/** A lock that is held. The kernel gives it up when the last process that has `fd` open ends, however it ends. */
export interface HeldLock {
  readonly fd: number;
  release(): void;
  /** Takes the lock's file away too, for a thing that is no more. */
  remove(): void;
}

/**
 * Takes a flock(2) on a file and waits for it. Node.js has no flock; flock(1) locks the open file that it inherits
 * as its descriptor 3, and that open file is ours.
 *
 * @param onWait called once when somebody else holds it
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

/** The lock, or undefined when somebody else holds it. */
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

/** Whoever had the lock before may have removed the file: then we hold a lock on nothing. */
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
