import { groupBy } from '../group-by.js';
import { compareNaturally } from './natural-order.js';
import { isPadded } from './node-pattern.js';

/** A name split at its numbers: `r1n02` has the texts r, n, '' and the fields 1, 02. Folding turns fields into sets (`1-2,5`). */
interface CutName {
  readonly texts: readonly string[];
  readonly fields: readonly string[];
}

// A double cannot count longer runs of digits exactly, so they stay text.
const NUMBER = /(?<!\d)(\d{1,15})(?!\d)/;

/**
 * The shortest node set for these names: `web-b-[01-20]`, `r[1-2]n[01-03]`. Expanding it gives the same names, each once. Terms
 * are in natural order, so equal sets give equal texts.
 */
export function fold(names: Iterable<string>): string {
  const cut = [...new Set(names)].sort(compareNaturally).map(cutAtNumbers);
  const alike = groupBy(cut, ({ texts }) => texts.join('\0'));
  return [...alike.values()].flatMap(foldAlike).sort(compareNaturally).join(',');
}

function cutAtNumbers(name: string): CutName {
  const parts = name.split(NUMBER);
  return {
    texts: parts.filter((_, index) => index % 2 === 0),
    fields: parts.filter((_, index) => index % 2 === 1),
  };
}

/** Folds one field after the other; the order can matter, so both orders are tried. */
function foldAlike(names: readonly CutName[]): string[] {
  const order = (names[0]?.fields ?? []).map((_, index) => index);
  const forward = foldFields(names, order);
  const backward = foldFields(names, order.reverse());
  return (forward.length < backward.length ? forward : backward).map(render);
}

function foldFields(names: readonly CutName[], order: readonly number[]): readonly CutName[] {
  let folded = names;
  for (const field of order) {
    const sameButField = groupBy(folded, ({ fields }) => fields.with(field, '').join('\0'));
    folded = [...sameButField.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const values = group.map(({ fields }) => fields[field] ?? '');
      return [{ texts: first.texts, fields: first.fields.with(field, joinRanges(values)) }];
    });
  }
  return folded;
}

/** Turns 01, 02, 03, 07 into `01-03,07`. A range goes on while the next number, counted up, has exactly the next text. */
function joinRanges(numbers: readonly string[]): string {
  if (numbers.length === 1) return numbers[0] ?? '';
  const ranges: { first: string; last: string }[] = [];
  const byNextText = new Map<string, { first: string; last: string }>();
  for (const number of numbers) {
    const range = byNextText.get(number) ?? { first: number, last: number };
    if (range.first === number) ranges.push(range);
    byNextText.delete(number);
    range.last = number;
    const width = isPadded(range.first) ? range.first.length : 0;
    byNextText.set(String(Number(number) + 1).padStart(width, '0'), range);
  }
  return ranges.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(',');
}

function render({ texts, fields }: CutName): string {
  return texts
    .map((text, index) => {
      const field = fields[index] ?? '';
      return text + (/[,-]/.test(field) ? `[${field}]` : field);
    })
    .join('');
}
