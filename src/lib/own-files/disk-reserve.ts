import { statfs } from 'node:fs/promises';
import { formatBytes } from '../bytes.js';
import { FailedError } from '../errors.js';

/** How much of a disk stays free of what hosts send, in bytes: the ledger needs room, and so does everybody else here. */
export const RESERVE = 64 * 1024 * 1024;

/** How much is written between two looks at the disk, in bytes; it is little beside the reserve. */
const STRIDE = 4 * 1024 * 1024;

/** The disk would have less than the reserve free. It says nothing of the host whose bytes came. */
export class NoRoomError extends FailedError {}

/** How many bytes we may write to the disk of a folder; Infinity where the file system has no size. @throws errors of statfs(2) */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize, blocks } = await statfs(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
}

/**
 * Keeps the reserve of the disk of a folder while hosts send what is written there. All that one command writes there shares one, so
 * that many hosts together overshoot by no more than one of them.
 */
export class DiskReserve {
  readonly #folder: string;
  #left = 0;

  /** @param folder it exists when take() is called */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Call it before so many bytes are written. @throws {NoRoomError} if there is no room for them; errors of statfs(2) */
  take(bytes: number): void | Promise<void> {
    if (bytes > this.#left) return this.#look(bytes);
    this.#left -= bytes;
  }

  async #look(bytes: number): Promise<void> {
    const room = (await freeBytes(this.#folder)) - RESERVE;
    if (bytes > room)
      throw new NoRoomError(
        `no more is written to ${this.#folder}: less than ${formatBytes(RESERVE)} would stay free on its disk`,
      );
    this.#left = Math.max(Math.min(room, STRIDE) - bytes, 0);
  }
}
