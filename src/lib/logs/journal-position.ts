import { LineCutter, type RawLine } from '../ssh/lines.js';
import type { Ask } from './ask.js';

/** How far the journal of a unit was read: its cursor, and the number of lines after that. */
export class JournalPosition {
  #cursor = '-';
  #passed = 0;

  /** @param how where to begin while there is no cursor: last lines, or seconds since the epoch */
  ask(how: { readonly lines: number } | { readonly sinceSeconds: number } | undefined): Ask {
    const where =
      how === undefined ? '-' : 'lines' in how ? `lines=${how.lines}` : `since=${how.sinceSeconds}`;
    return { kind: 'journal', cursor: this.#cursor, passed: this.#passed, how: where };
  }

  /** The journal has had no entry so far. */
  get isEmpty(): boolean {
    return this.#cursor === '-' && this.#passed === 0;
  }

  take(bytes: Buffer, cursor: string, passed: number): RawLine[] {
    if (cursor !== '-') this.#cursor = cursor;
    this.#passed = passed;
    return new LineCutter().cut(bytes);
  }
}
