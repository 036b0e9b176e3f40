import type { Matcher } from './matcher.js';

/**
 * Masks a stream of bytes as it passes. Bytes that are no part of a secret come out as they are, binary ones too; what may be
 * the beginning of a secret waits for what follows.
 */
export class StreamMask {
  readonly #matcher: Matcher;
  /** Bytes as characters, one for each. */
  #held = '';

  /** @param matcher one whose patterns are bytes: see Secrets.stream() */
  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  /** What can go on now. */
  add(chunk: Buffer): Buffer {
    this.#held += chunk.toString('latin1');
    // Looked at by the block, as looking costs the same for a byte more.
    if (this.#held.length < 2 * this.#matcher.longest) return Buffer.alloc(0);
    const place = this.#held.length - this.#matcher.longest;
    return this.#release(this.#matcher.matchOver(this.#held, place) ?? place);
  }

  /** The rest, at the end of the stream. */
  end(): Buffer {
    return this.#release(this.#held.length);
  }

  #release(place: number): Buffer {
    const clean = this.#matcher.replace(this.#held.slice(0, place), {});
    this.#held = this.#held.slice(place);
    return Buffer.from(clean, 'latin1');
  }
}
