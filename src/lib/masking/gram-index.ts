/** A run of this many letters or digits, which no escape changes, shows where an entry may be; the longest run is best. */
const GRAMS = [4, 3, 2] as const;
const PLAIN = /^[A-Za-z0-9]+$/;

/**
 * Finds where one of many entries may be in a text, by a few characters that each entry has. A table excludes nearly every place
 * of a text, however many entries there are.
 */
export class GramIndex<T> {
  readonly #sizes = GRAMS.map((size) => new GramsOfSize<T>(size));

  /** @param gram two to four characters */
  add(gram: string, entry: T): void {
    this.#sizes.find(({ size }) => size === gram.length)?.add(gram, entry);
  }

  /** Calls back with each entry that may be in the text, and the position of its gram. */
  search(text: string, found: (entry: T, at: number) => void): void {
    for (const grams of this.#sizes) grams.search(text, found);
  }
}

class GramsOfSize<T> {
  readonly size: number;
  /** Keeps as many of the last characters as a gram has; each shifts by four bits. */
  readonly #mask: number;
  readonly #slots: Uint8Array;
  readonly #entries = new Map<string, T[]>();

  constructor(size: number) {
    this.size = size;
    this.#mask = (1 << (4 * size)) - 1;
    this.#slots = new Uint8Array(this.#mask + 1);
  }

  add(gram: string, entry: T): void {
    let slot = 0;
    for (let at = 0; at < this.size; at++) slot = ((slot << 4) ^ gram.charCodeAt(at)) & this.#mask;
    this.#slots[slot] = 1;
    const entries = this.#entries.get(gram);
    if (entries === undefined) this.#entries.set(gram, [entry]);
    else entries.push(entry);
  }

  search(text: string, found: (entry: T, at: number) => void): void {
    if (this.#entries.size === 0) return;
    let slot = 0;
    for (let at = 0; at < text.length; at++) {
      slot = ((slot << 4) ^ text.charCodeAt(at)) & this.#mask;
      if (this.#slots[slot] === 0 || at < this.size - 1) continue;
      const from = at - this.size + 1;
      for (const entry of this.#entries.get(text.slice(from, at + 1)) ?? []) found(entry, from);
    }
  }
}

/** The longest gram that the units hold, and the unit where it begins; undefined when no run is of letters and digits only. */
export function gramOf(units: readonly string[]): { readonly gram: string; readonly at: number } | undefined {
  for (const size of GRAMS)
    for (let at = 0; at <= units.length - size; at++) {
      const gram = units.slice(at, at + size).join('');
      if (gram.length === size && PLAIN.test(gram)) return { gram, at };
    }
  return undefined;
}
