import { Assignment, LONGEST_VALUE } from './assignments.js';
import { Edges } from './edges.js';
import { GramIndex, gramOf } from './gram-index.js';
import { HIDDEN } from './masked.js';
import { type Cut, labelOf, type Match } from './match.js';
import { LONGEST_UNIT, type Pattern } from './patterns.js';

/** A pattern with the unit at which its gram begins. */
interface Anchored {
  readonly pattern: Pattern;
  readonly anchor: number;
  /** Compiled when a text first holds the gram. */
  before?: RegExp;
  from?: RegExp;
}

/** What the matcher looks for. */
export interface Wanted {
  readonly patterns: readonly Pattern[];
  /** The names of the secrets. */
  readonly names: readonly string[];
  /** Names whose value is a secret in the output of programs, even if the value differs from the known one or is not known. */
  readonly keys: readonly string[];
}

/** Finds the patterns of all secrets in one pass. */
export class Matcher {
  /** The longest possible match, in characters of text. */
  readonly longest: number;
  readonly #index = new GramIndex<Anchored | Assignment>();
  /** Patterns without two letters or digits in a row. */
  readonly #odd: readonly Pattern[];
  readonly #anyOdd: RegExp | undefined;
  readonly #labels: ReadonlySet<string>;
  readonly #edges: Edges;

  constructor({ patterns, names, keys }: Wanted) {
    const longest = Math.max(0, ...patterns.map(({ units }) => units.length)) * LONGEST_UNIT;
    this.longest = Math.max(longest, keys.length === 0 ? 0 : 2 * LONGEST_VALUE);
    this.#labels = new Set(names.map((name) => `[${name}]`));
    this.#edges = new Edges(patterns);
    const odd: Pattern[] = [];
    for (const pattern of patterns) {
      const found = gramOf(pattern.units);
      if (found === undefined) odd.push(pattern);
      else this.#index.add(found.gram, { pattern, anchor: found.at });
    }
    this.#odd = odd.sort((a, b) => b.units.length - a.units.length);
    if (odd.length > 0) this.#anyOdd = new RegExp(odd.map(sourceOf).join('|'), 'g');
    for (const key of keys) if (key.length >= 2) this.#index.add(key.slice(0, 4), new Assignment(key));
  }

  replace(text: string, cut: Cut): string {
    const matches = this.#matches(text, cut);
    if (matches.length === 0) return text;
    let clean = '';
    let at = 0;
    for (const { from, to, label } of matches) {
      clean += text.slice(at, from) + label;
      at = to;
    }
    return clean + text.slice(at);
  }

  /** Where a match begins that includes this position; undefined when there is none. */
  matchOver(text: string, place: number): number | undefined {
    return this.#matches(text, {}).find(({ from, to }) => from < place && to > place)?.from;
  }

  /** In order, without overlaps. */
  #matches(text: string, cut: Cut): readonly Match[] {
    const found: Match[] = cut.start || cut.end ? [...this.#edges.find(text, cut)] : [];
    const assigned: Match[] = [];
    this.#index.search(text, (entry, at) => {
      if (entry instanceof Assignment) {
        const value = entry.at(text, at);
        if (value !== undefined) assigned.push({ ...value, label: HIDDEN });
        return;
      }
      const match = matchAt(text, entry, at);
      if (match !== undefined) found.push(match);
    });
    const fresh = [...found, ...this.#oddMatches(text)].filter((match) => !this.#isLabel(text, match));
    return together([...fresh, ...assigned.filter((value) => !this.#isKnown(text, value, fresh))]);
  }

  #oddMatches(text: string): Match[] {
    if (this.#anyOdd === undefined) return [];
    return [...text.matchAll(this.#anyOdd)].map(({ index, 0: whole }) => {
      const pattern = this.#odd.find((each) => new RegExp(`^(?:${sourceOf(each)})$`).test(whole));
      return { from: index, to: index + whole.length, label: pattern ? labelOf(pattern) : HIDDEN };
    });
  }

  /** Whether a known secret in the value already gets its name as label. */
  #isKnown(text: string, value: Match, found: readonly Match[]): boolean {
    if (found.some(({ from, to }) => from < value.to && to > value.from)) return true;
    const shown = text.slice(value.from, value.to);
    return shown.startsWith(HIDDEN) || [...this.#labels].some((label) => shown.includes(label));
  }

  /** A label from an earlier masking stays as it is, even if its name looks like a secret. */
  #isLabel(text: string, { from, to }: Match): boolean {
    const open = text.lastIndexOf('[', from);
    const close = text.indexOf(']', to - 1);
    return open !== -1 && close !== -1 && this.#labels.has(text.slice(open, close + 1));
  }
}

function matchAt(text: string, anchored: Anchored, at: number): Match | undefined {
  const { pattern, anchor } = anchored;
  const { units } = pattern;
  const label = labelOf(pattern);
  anchored.from ??= new RegExp(units.slice(anchor).join(''), 'y');
  anchored.from.lastIndex = at;
  if (!anchored.from.test(text)) return undefined;
  const to = anchored.from.lastIndex;
  if (anchor === 0) return { from: at, to, label };
  anchored.before ??= new RegExp(`(?:${units.slice(0, anchor).join('')})$`);
  const start = Math.max(0, at - anchor * LONGEST_UNIT);
  const before = anchored.before.exec(text.slice(start, at));
  return before === null ? undefined : { from: start + before.index, to, label };
}

function sourceOf({ units }: Pattern): string {
  return units.join('');
}

/** Overlapping matches become one, with the label of the longest. */
function together(found: readonly Match[]): Match[] {
  const apart: Match[] = [];
  for (const match of [...found].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = apart.at(-1);
    if (last === undefined || match.from >= last.to) apart.push(match);
    else if (match.to > last.to) {
      const { label } = match.to - match.from > last.to - last.from ? match : last;
      apart[apart.length - 1] = { from: last.from, to: match.to, label };
    }
  }
  return apart;
}
