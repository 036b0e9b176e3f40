import { createHash } from 'node:crypto';

/** So much of the beginning of a file is looked at, in bytes: the first lines of a log have times in them. */
export const HEAD_BYTES = 1024;

/**
 * The beginning of a file, by which it is known again. A log that was copied and cut to nothing has the same inode and soon,
 * perhaps, more bytes than before; only what stands in it tells.
 */
export class FileHead {
  readonly length: number;
  readonly #digest: string;

  private constructor(bytes: Buffer) {
    this.length = bytes.length;
    this.#digest = digestOf(bytes);
  }

  /** Undefined for a file that is empty. */
  static of(bytes: Buffer): FileHead | undefined {
    return bytes.length === 0 ? undefined : new FileHead(bytes.subarray(0, HEAD_BYTES));
  }

  /** Whether a file that begins so begins as this one did. */
  isOf(bytes: Buffer): boolean {
    return bytes.length >= this.length && digestOf(bytes.subarray(0, this.length)) === this.#digest;
  }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
