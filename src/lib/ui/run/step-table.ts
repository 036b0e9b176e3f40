import stringWidth from 'string-width';
import { formatDuration } from '../../duration.js';
import type { CellState, MatrixCell, StepMatrix } from '../../record/step-matrix.js';
import { breakSentences } from '../frame/break-sentences.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { padLine } from '../frame/fit.js';
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

/** What the marks mean, for below the table; only marks that occur. */
export function renderLegend(matrix: StepMatrix): string {
  const seen = new Set(matrix.rows.flatMap((row) => row.cells.map((cell) => cell?.state)));
  return Object.entries(MARKS)
    .filter(([state, mark]) => mark !== '' && seen.has(state as CellState))
    .map(([state, mark]) => `${mark} ${state}`)
    .join('  ');
}

/**
 * Hosts by steps, one line a host at any width. If the table is too wide, the blanks go first. Then the names of the steps
 * become numbers, explained below the table. The times go last. If even that is too wide, the table is cut into several, one below
 * the other, each with the names of the hosts.
 */
export function renderStepTable(matrix: StepMatrix, width: number, paint: ChalkInstance = plain): string {
  const names = matrix.columns.map(({ step }) => sanitizeLine(step));
  const numbers = names.map((_, index) => `${index + 1}`);
  const layouts: readonly Layout[] = [
    layoutOf(matrix, names, 2, (cell) => `${MARKS[cell.state]} ${timeOf(cell)}`.trim()),
    layoutOf(matrix, names, 1, (cell) => MARKS[cell.state] + timeOf(cell)),
    layoutOf(matrix, numbers, 1, (cell) => MARKS[cell.state] + timeOf(cell)),
    layoutOf(matrix, numbers, 1, (cell) => MARKS[cell.state]),
  ];
  const layout = layouts.find(({ total }) => total <= width) ?? layouts.at(-1);
  if (layout === undefined) return '';
  const told = names.map((name, index) => `${numbers[index]}\u00a0${name}`).join('  ');
  const legend = layout.heads === numbers ? [breakSentences(told, width).replaceAll('\u00a0', ' ')] : [];
  const tables = slicesOf(layout, width).map(([from, to]) => drawTable(matrix, layout, from, to, paint));
  return [tables.join('\n\n'), ...legend].join('\n');
}

/** The columns of each table, from and up to: as many as fit, at least one. */
function slicesOf(
  { total, host, gap, columns }: Layout,
  width: number,
): readonly (readonly [number, number])[] {
  if (total <= width || columns.length === 0) return [[0, columns.length]];
  const slices: [number, number][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const [index, column] of columns.entries()) {
    used += gap + column;
    const last = slices.at(-1);
    if (last !== undefined && used <= width) last[1] = index + 1;
    else {
      slices.push([index, index + 1]);
      used = host + gap + column;
    }
  }
  return slices;
}

interface Layout {
  readonly heads: readonly string[];
  readonly gap: number;
  readonly textOf: (cell: MatrixCell) => string;
  readonly host: number;
  readonly columns: readonly number[];
  readonly total: number;
}

/** The narrowest layout that the heads and cells allow. */
function layoutOf(
  matrix: StepMatrix,
  heads: readonly string[],
  gap: number,
  textOf: (cell: MatrixCell) => string,
): Layout {
  const host = Math.max(4, ...matrix.rows.map((row) => stringWidth(row.host)));
  const columns = heads.map((head, column) => {
    const cells = matrix.rows.map(({ cells: row }) => {
      const cell = row[column];
      return cell === undefined ? 0 : stringWidth(textOf(cell));
    });
    return Math.max(stringWidth(head), ...cells);
  });
  const total = columns.reduce((sum, column) => sum + gap + column, host);
  return { heads, gap, textOf, host, columns, total };
}

function drawTable(
  matrix: StepMatrix,
  { heads: allHeads, columns: allColumns, textOf, ...layout }: Layout,
  from: number,
  to: number,
  paint: ChalkInstance,
): string {
  const columns = allColumns.slice(from, to);
  const between = ' '.repeat(layout.gap);
  const head = allHeads.slice(from, to).map((text, column) => padLine(text, columns[column] ?? 0));
  const lines = matrix.rows.map((row) => {
    const cells = columns.map((_, column) => {
      const cell = row.cells[from + column];
      const text = cell === undefined ? '' : textOf(cell);
      return colourOf(cell, paint)(padLine(text, columns[column] ?? 0));
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
