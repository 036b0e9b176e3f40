import { GramIndex, gramOf } from './gram-index.js';
import { type Cut, labelOf, type Match } from './match.js';
import { LONGEST_UNIT, type Pattern } from './patterns.js';

/** So few characters of a secret, left where text was cut, reveal nothing. */
const HARMLESS = 3;
/** An escape that was cut in two, `%2`, `&#3`, `\u00`, or half a character. */
const OPEN_ESCAPE = '(?:[%&\\\\\'"\\ud800-\\udfff\\ufffd][\\\\%&#;\'"a-zA-Z0-9{]{0,24})?';
const REST_OF_ESCAPE = '[\\\\%#;\'"a-zA-Z0-9}\\ud800-\\udfff\\ufffd]{0,24}?';

/** A pattern, to find the rest of a cut secret. */
interface Piece {
  readonly pattern: Pattern;
  /** Compiled when a text may hold it. */
  expression?: RegExp;
}

/** Finds the rest of a secret where text was cut: its beginning, its end, or a piece of its middle. */
export class Edges {
  readonly #patterns: readonly Pattern[];
  readonly #beginnings = new GramIndex<Piece>();
  readonly #ends = new GramIndex<Piece>();
  readonly #oddBeginnings: Piece[] = [];
  readonly #oddEnds: Piece[] = [];
  readonly #longest: number;

  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns.filter(({ units }) => units.length > HARMLESS);
    this.#longest = Math.max(0, ...patterns.map(({ units }) => units.length)) * LONGEST_UNIT;
    for (const pattern of this.#patterns) {
      const { units } = pattern;
      const first = gramOf(units.slice(0, HARMLESS + 1));
      if (first?.at === 0) this.#beginnings.add(first.gram, { pattern });
      else this.#oddBeginnings.push({ pattern });
      const last = gramOf(units.slice(units.length - HARMLESS - 1));
      if (last === undefined) this.#oddEnds.push({ pattern });
      else this.#ends.add(last.gram, { pattern });
    }
  }

  /** The parts of secrets that are left at the ends that were cut. */
  find(text: string, { start = false, end = false }: Cut): readonly Match[] {
    return [...(end ? this.#beginning(text) : []), ...(start ? this.#rest(text) : [])];
  }

  /** The beginning of a secret at the end of a text. */
  #beginning(text: string): Match[] {
    const offset = Math.max(0, text.length - this.#longest);
    const last = text.slice(offset);
    let best = { at: last.length, label: '' };
    const look = (piece: Piece, from: number, flags: 'y' | 'g') => {
      piece.expression ??= new RegExp(`${beginningOf(piece.pattern.units)}$`, flags);
      piece.expression.lastIndex = from;
      const at = piece.expression.exec(last)?.index;
      if (at !== undefined && at < best.at) best = { at, label: labelOf(piece.pattern) };
    };
    this.#beginnings.search(last, (piece, at) => look(piece, at, 'y'));
    for (const piece of this.#oddBeginnings) look(piece, 0, 'g');
    const { at, label } = best;
    return label === '' ? [] : [{ from: offset + at, to: text.length, label }];
  }

  /** The end of a secret at the start of a text. */
  #rest(text: string): Match[] {
    const first = text.slice(0, this.#longest);
    let best = { to: 0, label: '' };
    const look = (piece: Piece) => {
      piece.expression ??= new RegExp(`^${restOf(piece.pattern.units)}`);
      const to = piece.expression.exec(first)?.[0].length ?? 0;
      if (to > best.to) best = { to, label: labelOf(piece.pattern) };
    };
    const seen = new Set<Piece>();
    this.#ends.search(first, (piece) => {
      if (!seen.has(piece)) look(piece);
      seen.add(piece);
    });
    for (const piece of this.#oddEnds) look(piece);
    return best.label === '' ? [] : [{ from: 0, ...best }];
  }
}

/** The first units: as many as the text has, but more than HARMLESS. */
function beginningOf(units: Pattern['units']): string {
  if (units.length <= HARMLESS) return '(?!)';
  const more = units.slice(HARMLESS + 1).reduceRight((rest, unit) => `(?:${unit}${rest})?`, '');
  return `${units.slice(0, HARMLESS + 1).join('')}${more}${OPEN_ESCAPE}`;
}

/** The last units: as many as the text has, but more than HARMLESS. */
function restOf(units: Pattern['units']): string {
  const must = units.length - HARMLESS - 1;
  const more = units.slice(0, must).reduce((rest, unit) => `(?:${rest}${unit})?`, '');
  return `${REST_OF_ESCAPE}${more}${units.slice(must).join('')}`;
}
