import stringWidth from 'string-width';
import { namesIn } from './wrap-words.js';

/** The gap between two columns. */
export const GAP = 2;
/** A last column of words that is narrower cannot be read. */
const MIN_LAST_WIDTH = 16;

/**
 * How wide the columns of a table may be, in columns of the terminal, so that the table fits. The last column is narrowed
 * first, then the widest of the others. No column becomes so narrow that a name breaks; undefined if the table still does
 * not fit.
 *
 * @param columns the cells of each column, including its head
 */
export function columnWidths(
  columns: readonly (readonly string[])[],
  width: number,
): readonly number[] | undefined {
  const widths = columns.map((cells) => widest(cells));
  const last = columns.length - 1;
  const least = columns.map((cells, column) =>
    column === last ? leastOfLast(cells, width) : widest(cells.flatMap(namesIn)),
  );
  let excess = widths.reduce((sum, each) => sum + each, GAP * last) - width;
  while (excess > 0) {
    const next = nextToGive(widths, least);
    if (next === undefined) return undefined;
    widths[next] = (widths[next] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function nextToGive(widths: readonly number[], least: readonly number[]): number | undefined {
  const canGive = (column: number) => (widths[column] ?? 0) > (least[column] ?? 0);
  const last = widths.length - 1;
  if (canGive(last)) return last;
  const others = [...widths.keys()].filter(canGive);
  return others.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
}

/** A path or a word of a host that takes more than half of the terminal may break. */
function leastOfLast(cells: readonly string[], width: number): number {
  const names = Math.min(widest(cells.flatMap(namesIn)), Math.floor(width / 2));
  return Math.min(widest(cells), Math.max(MIN_LAST_WIDTH, names, stringWidth(cells[0] ?? '')));
}

function widest(cells: readonly string[]): number {
  return cells.reduce((most, cell) => Math.max(most, stringWidth(cell)), 0);
}
