import { excerpt, type Masked } from '../../masking/masked.js';
import { sanitizeLine } from './sanitize.js';

/** The longest text of a ledger that is shown, in characters. */
const LONGEST_TEXT = 2000;

/** One harmless line of a text that a ledger holds, its middle left out if it is long. Secrets were masked before it was stored. */
export function shownText(text: string): string {
  return excerpt(sanitizeLine(text) as Masked, LONGEST_TEXT);
}

/**
 * What a ledger holds, with every text in it as shownText() has it. Whoever can write to the file of a ledger can write
 * anything into it. Documents of --json have the texts as they are stored.
 */
export function shown<T>(stored: T): T {
  return shownValue(stored) as T;
}

function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return shownText(value);
  if (Array.isArray(value)) return value.map(shownValue);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [shownText(key), shownValue(each)]));
}
