import { randomBytes } from 'node:crypto';
import type { Cut } from '../masking/match.js';

/** Hides secrets in a text, also what is left of one where the text was cut. */
export type MaskCut = (text: string, cut: Cut) => string;

/**
 * The mark between the output of the login shell and that of the command. The command line has it in two halves. So a shell
 * that prints what it runs (`set -x`, `ps` in a profile) does not print the mark.
 */
export interface StartMark {
  readonly halves: readonly [string, string];
  readonly bytes: Buffer;
}

export function newStartMark(): StartMark {
  const halves = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')] as const;
  return { halves, bytes: Buffer.from(halves.join('')) };
}

/** How much of the noise is kept for messages, in bytes. */
const KEPT_BYTES = 4096;
const SHOWN_CHARACTERS = 100;

/** One stream of a command, without what the login shell printed before it. Keeps little, however much comes. */
export class AfterMark {
  readonly #mark: Buffer;
  /** The end of the noise so far, in which the mark may have begun. */
  #tail: Buffer = Buffer.alloc(0);
  #head: Buffer = Buffer.alloc(0);
  #seen = false;
  #noiseBytes = 0;

  constructor({ bytes }: StartMark) {
    this.#mark = bytes;
  }

  /** Whether the mark has come: all later bytes are the command's. */
  get seen(): boolean {
    return this.#seen;
  }

  /** How many bytes came before the mark; until the mark is complete, a part of it may be counted. */
  get noiseBytes(): number {
    return this.#noiseBytes + this.#tail.length;
  }

  /** The part of these bytes that belongs to the command. */
  take(chunk: Buffer): Buffer {
    if (this.#seen) return chunk;
    const joined = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const at = joined.indexOf(this.#mark);
    if (at !== -1) {
      this.#seen = true;
      this.#drop(joined.subarray(0, at));
      this.#tail = Buffer.alloc(0);
      return joined.subarray(at + this.#mark.length);
    }
    const keepFrom = Math.max(0, joined.length - this.#mark.length + 1);
    this.#drop(joined.subarray(0, keepFrom));
    // Copied, as the bytes are a view of a socket's buffer.
    this.#tail = Buffer.from(joined.subarray(keepFrom));
    return Buffer.alloc(0);
  }

  /** The beginning of the noise before the mark; its end may be cut. */
  noise(): string {
    // What was dropped between the two may have been in the middle of a secret.
    const isWhole = this.#head.length === this.#noiseBytes;
    return (isWhole ? Buffer.concat([this.#head, this.#tail]) : this.#head).toString('utf8');
  }

  #drop(noise: Buffer): void {
    this.#noiseBytes += noise.length;
    const room = KEPT_BYTES - this.#head.length;
    if (room > 0 && noise.length > 0) this.#head = Buffer.concat([this.#head, noise.subarray(0, room)]);
  }
}

/**
 * The first line of this noise that is not blank, shortened, with control characters replaced; empty if there is none. Its end
 * counts as cut: no more of it is kept, or no more has come yet.
 */
export function firstWords(noise: string, mask: MaskCut): string {
  if (noise === '') return '';
  const line = mask(noise, { end: true })
    .split(/[\r\n\u2028\u2029]/)
    .map((each) => each.replaceAll(/\p{C}/gu, '?').trim())
    .find((each) => each !== '');
  if (line === undefined) return '';
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}
