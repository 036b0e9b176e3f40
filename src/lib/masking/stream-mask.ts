import type { Matcher } from './matcher.js';

/**
 * Masks a stream of bytes as it passes. Bytes outside of secrets come out unchanged, binary bytes too. Bytes that may be the
 * beginning of a secret are held back until more bytes come.
 */
export class StreamMask {
  readonly #matcher: Matcher;
  /** Bytes as characters, one for each. */
  #held = '';

  /** @param matcher its patterns must be bytes: see Secrets.stream() */
  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  /** Adds a chunk. @returns the bytes that can be passed on now */
  add(chunk: Buffer): Buffer {
    this.#held += chunk.toString('latin1');
    // Searched in blocks, because a search costs the same for a few bytes more.
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
