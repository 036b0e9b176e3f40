import { UsageError } from '../errors.js';

/** More names than this in one expression are a typing mistake. */
export const MAX_NAMES = 100_000;

/** A node set that cannot be parsed. `position` is the index of the first wrong character. */
export class NodeSetError extends UsageError {
  readonly expression: string;
  readonly position: number;

  constructor(expression: string, position: number, problem: string) {
    const shown = expression.length > 80 ? `${expression.slice(0, 77)}...` : expression;
    super(
      `node set ${JSON.stringify(shown)}, character ${position + 1}: ${problem}`,
      'Node sets look like web-b-[01-20], web-a-01,web-a-02, @app:shop&@idc:B!web-b-07.',
    );
    this.expression = expression;
    this.position = position;
  }
}

/** One piece of a pattern: literal text, or the numbers of a bracket as texts with their padding. */
type Piece = string | readonly NumberRange[];

interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly width: number;
}

const RANGE = /^[ \t]*(\d{1,15})(?:[ \t]*-[ \t]*(\d{1,15})(?:[ \t]*\/[ \t]*(\d{1,15}))?)?[ \t]*$/;

/**
 * The names of a pattern such as `r[1-2]n[01-03,07]`, in the order they are written; the last bracket changes fastest. A padded
 * first number (`01`) pads all numbers of its range; a step picks every n-th (`[0-10/2]`).
 *
 * @param expression the text that errors quote; the pattern is the part of it from `start` to `end`
 * @param literals whether `*` and `?` are allowed in names
 * @throws NodeSetError
 */
export function expandPattern(
  expression: string,
  start = 0,
  end = expression.length,
  literals: 'plain' | 'wildcards' = 'plain',
): string[] {
  const pieces = readPieces(expression, start, end, LITERALS[literals]);
  let count = 1;
  for (const piece of pieces) if (typeof piece !== 'string') count *= countOf(piece);
  if (count > MAX_NAMES)
    throw new NodeSetError(expression, start, `this is ${count} names; the bound is ${MAX_NAMES}`);
  let names = [''];
  for (const piece of pieces) {
    const endings = typeof piece === 'string' ? [piece] : numbersOf(piece);
    names = names.flatMap((name) => endings.map((ending) => name + ending));
  }
  return names;
}

const LITERALS = { plain: /[A-Za-z0-9._:-]/, wildcards: /[A-Za-z0-9._:*?-]/ } as const;

function readPieces(expression: string, start: number, end: number, literal: RegExp): Piece[] {
  const pieces: Piece[] = [];
  let position = start;
  while (position < end) {
    if (expression[position] === '[') {
      const close = expression.indexOf(']', position);
      if (close === -1 || close >= end)
        throw new NodeSetError(expression, position, 'this bracket is not closed');
      pieces.push(readRanges(expression, position + 1, close));
      position = close + 1;
    } else {
      const from = position;
      while (position < end && isLiteral(expression, position, literal)) position += 1;
      pieces.push(expression.slice(from, position));
    }
  }
  return pieces;
}

function isLiteral(expression: string, position: number, literal: RegExp): boolean {
  const character = expression[position] ?? '';
  if (literal.test(character)) return true;
  if (character === '[') return false;
  const problem =
    character === ']' ? 'this bracket was not opened' : `${JSON.stringify(character)} cannot stand here`;
  throw new NodeSetError(expression, position, problem);
}

function readRanges(expression: string, start: number, end: number): NumberRange[] {
  const ranges: NumberRange[] = [];
  let position = start;
  const items = expression.slice(start, end).split(',');
  if (items.length > 1 && items.at(-1)?.trim() === '') items.pop();
  for (const item of items) {
    ranges.push(readRange(expression, position, item));
    position += item.length + 1;
  }
  return ranges;
}

function readRange(expression: string, position: number, item: string): NumberRange {
  const [, first, last = first, step = '1'] = RANGE.exec(item) ?? [];
  if (first === undefined || last === undefined)
    throw new NodeSetError(expression, position, `"${item}" is no number or range such as 01-20 or 0-10/2`);
  const width = isPadded(first) ? first.length : 0;
  const paddingDiffers = last.length !== first.length && (isPadded(last) || last.length < width);
  if (paddingDiffers)
    throw new NodeSetError(expression, position, `the ends of ${item} have different padding`);
  if (Number(step) === 0) throw new NodeSetError(expression, position, `the step of ${item} is zero`);
  if (Number(last) < Number(first))
    throw new NodeSetError(expression, position, `the range ${item} runs backwards`);
  return { from: Number(first), to: Number(last), step: Number(step), width };
}

/** True for 01 and 00, not for 0. */
export function isPadded(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0');
}

function countOf(ranges: readonly NumberRange[]): number {
  return ranges.reduce((sum, { from, to, step }) => sum + Math.floor((to - from) / step) + 1, 0);
}

function numbersOf(ranges: readonly NumberRange[]): string[] {
  return ranges.flatMap(({ from, to, step, width }) => {
    const texts: string[] = [];
    for (let number = from; number <= to; number += step) texts.push(String(number).padStart(width, '0'));
    return texts;
  });
}
