import { createHash } from 'node:crypto';

/** How much of the beginning of a file is compared, in bytes: the first lines of a log have times in them. */
export const HEAD_BYTES = 1024;

/**
 * The beginning of a file, by which it is recognized. A log that was copied and truncated has the same inode and may soon have
 * more bytes than before; only its content shows the difference.
 */
export class FileHead {
  readonly length: number;
  readonly #digest: string;

  private constructor(bytes: Buffer) {
    this.length = bytes.length;
    this.#digest = digestOf(bytes);
  }

  /** Undefined for an empty file. */
  static of(bytes: Buffer): FileHead | undefined {
    return bytes.length === 0 ? undefined : new FileHead(bytes.subarray(0, HEAD_BYTES));
  }

  /** Whether a file with these first bytes has the same beginning as this one. */
  isOf(bytes: Buffer): boolean {
    return bytes.length >= this.length && digestOf(bytes.subarray(0, this.length)) === this.#digest;
  }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
