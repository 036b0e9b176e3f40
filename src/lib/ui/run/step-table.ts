import stringWidth from 'string-width';
import { formatDuration } from '../../duration.js';
import type { CellState, MatrixCell, StepMatrix } from '../../record/step-matrix.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { fitLine, padLine } from '../frame/fit.js';
import { sanitizeLine } from '../frame/sanitize.js';

const MARKS: Readonly<Record<CellState, string>> = {
  done: '✓',
  unchanged: '=',
  failed: '✗',
  unknown: '?',
  running: '…',
  skipped: '-',
  undone: '↩',
  'not-started': '',
};

/** What the marks mean, for below the table; only those that occur. */
export function renderLegend(matrix: StepMatrix): string {
  const seen = new Set(matrix.rows.flatMap((row) => row.cells.map((cell) => cell?.state)));
  return Object.entries(MARKS)
    .filter(([state, mark]) => mark !== '' && seen.has(state as CellState))
    .map(([state, mark]) => `${mark} ${state}`)
    .join('  ');
}

/**
 * Hosts by steps, one line a host whatever the width: what does not fit loses first the blanks, then the times, then the
 * ends of the steps' names.
 */
export function renderStepTable(matrix: StepMatrix, width: number, paint: ChalkInstance = plain): string {
  const layouts: readonly ((cell: MatrixCell) => string)[] = [
    (cell) => `${MARKS[cell.state]} ${timeOf(cell)}`.trim(),
    (cell) => MARKS[cell.state] + timeOf(cell),
    (cell) => MARKS[cell.state],
  ];
  for (const [index, textOf] of layouts.entries()) {
    const gap = index === 0 ? 2 : 1;
    const last = index === layouts.length - 1;
    const narrowest = layoutOf(matrix, textOf, gap, last ? 2 : 4);
    if (narrowest.total <= width || last)
      return drawTable(matrix, textOf, gap, spread(matrix, narrowest, width, gap), paint);
  }
  return '';
}

interface Layout {
  readonly host: number;
  readonly columns: readonly number[];
  readonly total: number;
}

/** As narrow as the cells allow; of a head so many characters stay at least. */
function layoutOf(
  matrix: StepMatrix,
  textOf: (cell: MatrixCell) => string,
  gap: number,
  leastHead: number,
): Layout {
  const host = Math.max(4, ...matrix.rows.map((row) => stringWidth(row.host)));
  const columns = matrix.columns.map(({ step }, column) => {
    const cells = matrix.rows.map(({ cells: row }) => {
      const cell = row[column];
      return cell === undefined ? 0 : stringWidth(textOf(cell));
    });
    return Math.max(Math.min(leastHead, step.length), ...cells);
  });
  return { host, columns, total: columns.reduce((sum, column) => sum + gap + column, host) };
}

/** Gives what is left of the width to the heads that are cut, from the left. */
function spread(matrix: StepMatrix, layout: Layout, width: number, gap: number): Layout {
  let left = width - layout.total;
  const columns = layout.columns.map((column, index) => {
    const missing = (matrix.columns[index]?.step.length ?? 0) - column;
    const more = Math.max(0, Math.min(missing, left));
    left -= more;
    return column + more;
  });
  return { ...layout, columns, total: columns.reduce((sum, column) => sum + gap + column, layout.host) };
}

function drawTable(
  matrix: StepMatrix,
  textOf: (cell: MatrixCell) => string,
  gap: number,
  layout: Layout,
  paint: ChalkInstance,
): string {
  const between = ' '.repeat(gap);
  const head = matrix.columns.map(({ step }, column) => {
    const size = layout.columns[column] ?? 0;
    return padLine(fitLine(sanitizeLine(step), size), size);
  });
  const lines = matrix.rows.map((row) => {
    const cells = row.cells.map((cell, column) => {
      const text = cell === undefined ? '' : textOf(cell);
      return colourOf(cell, paint)(padLine(text, layout.columns[column] ?? 0));
    });
    return [padLine(sanitizeLine(row.host), layout.host), ...cells].join(between).trimEnd();
  });
  return [paint.dim([padLine('HOST', layout.host), ...head].join(between).trimEnd()), ...lines].join('\n');
}

function timeOf(cell: MatrixCell): string {
  return cell.elapsedMs === null || cell.state === 'undone' ? '' : formatDuration(cell.elapsedMs);
}

function colourOf(cell: MatrixCell | undefined, paint: ChalkInstance): (text: string) => string {
  switch (cell?.state) {
    case 'done':
      return paint.green;
    case 'failed':
      return paint.red;
    case 'unknown':
    case 'undone':
      return paint.yellow;
    case 'running':
      return paint.cyan;
    default:
      return (text) => text;
  }
}
