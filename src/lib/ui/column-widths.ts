import stringWidth from 'string-width';

/** Between two columns. */
export const GAP = 2;
/** Under this a last column of words is no longer readable, so rather the others give way. */
const MIN_LAST_WIDTH = 16;
/** Names are not broken into less. */
const MIN_WIDTH = 12;

/** After a space, and after what stands between the parts of names, addresses and paths. */
const PIECES = /(?<=[\s\-:/.,_=])/;

/**
 * How wide the columns of a table may be, in columns of the terminal, so that the whole fits: first the last one gives way,
 * then whichever is widest. None gets so narrow that a word breaks; a table that needs more is wider than the terminal.
 *
 * @param columns the cells of each column, its head among them
 */
export function columnWidths(columns: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map((cells) => widest(cells));
  const last = columns.length - 1;
  const least = columns.map((cells, column) => leastWidth(cells, widths[column] ?? 0, column === last));
  let excess = widths.reduce((sum, each) => sum + each, GAP * last) - width;
  while (excess > 0) {
    const next = nextToGive(widths, least);
    if (next === undefined) break;
    widths[next] = (widths[next] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

/** Text broken into lines after spaces and between the parts of names; a part that is wider stays whole. */
export function wrapParts(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(PIECES)) {
    if (line !== '' && stringWidth((line + piece).trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...lines, line].join('\n');
}

function nextToGive(widths: readonly number[], least: readonly number[]): number | undefined {
  const canGive = (column: number) => (widths[column] ?? 0) > (least[column] ?? 0);
  const last = widths.length - 1;
  if (canGive(last)) return last;
  const others = [...widths.keys()].filter(canGive);
  return others.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
}

function leastWidth(cells: readonly string[], natural: number, isLast: boolean): number {
  if (isLast && natural > MIN_LAST_WIDTH) return Math.max(MIN_LAST_WIDTH, stringWidth(cells[0] ?? ''));
  const pieces = isLast ? /\s/ : PIECES;
  const words = widest(cells.flatMap((cell) => cell.split(pieces)).map((piece) => piece.trimEnd()));
  return Math.min(natural, Math.max(words, isLast ? 0 : MIN_WIDTH));
}

function widest(cells: readonly string[]): number {
  return cells.reduce((most, cell) => Math.max(most, stringWidth(cell)), 0);
}
