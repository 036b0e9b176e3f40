import Table from 'cli-table3';
import stringWidth from 'string-width';
import { columnWidths, GAP } from './column-widths.js';
import { padLine } from './fit.js';
import { stdoutColumns } from './screen-width.js';
import { shownText } from './shown.js';
import { hang, wrapNames } from './wrap-words.js';

/** A cell, or a cell in colour. The text may come from a host: it is made harmless here, before it is painted. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

export interface TableOptions {
  /** Columns of the terminal; by default those of stdout, or no limit if stdout is not a terminal. */
  readonly width?: number;
  readonly paintHead?: (text: string) => string;
}

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('middle')
    .map((side) => [side, '']),
);

/**
 * A table without borders that fits the terminal: its last column is wrapped, then the others between their words. If that
 * is not enough, each row becomes a record, a line for each column, and nothing is lost.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions = {},
): string {
  const cells = rows.map((row) => row.map(harmless));
  const columns = head.map((title, column) => [title, ...cells.map((row) => row[column]?.text ?? '')]);
  const width = options.width ?? stdoutColumns();
  const paintHead = options.paintHead ?? ((text) => text);
  const fitting = columnWidths(columns, width);
  if (fitting === undefined) return renderRecords(head, cells, width, paintHead);
  const texts = cells.map((row) =>
    row.map(({ text }, column) => wrapNames(text, fitting[column] ?? 1).join('\n')),
  );
  const colWidths = widthsOf([head, ...texts]);
  const lines: string[] = [];
  for (let start = 0; start === 0 || start < texts.length; start += SLICE) {
    const slice = texts.slice(start, start + SLICE);
    const painted = slice.map((row, index) =>
      row.map((text, column) => cells[start + index]?.[column]?.paint(text) ?? text),
    );
    lines.push(draw(start === 0 ? head.map(paintHead) : [], painted, colWidths));
  }
  return lines.join('\n');
}

/** `HOST   web-b-01`, a line for each column that is not empty, and an empty line between two rows. */
function renderRecords(
  head: readonly string[],
  rows: readonly (readonly Exclude<Cell, string>[])[],
  width: number,
  paintHead: (text: string) => string,
): string {
  const label = Math.max(...head.map((title) => stringWidth(title))) + GAP;
  return rows
    .map((row) =>
      row
        .flatMap(({ text, paint }, column) => {
          if (text === '') return [];
          const title = padLine(head[column] ?? '', label);
          const value = hang(title, text, width).slice(title.length);
          return [`${paintHead(title)}${paint(value)}`];
        })
        .join('\n'),
    )
    .join('\n\n');
}

/** The time of cli-table3 grows with the square of the number of rows. */
const SLICE = 200;

function draw(head: readonly string[], rows: readonly string[][], colWidths: readonly number[]): string {
  const table = new Table({
    head: [...head],
    colWidths: [...colWidths],
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  table.push(...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  const [head = []] = rows;
  return head.map((_, column) => {
    const lines = rows.flatMap((row) => (row[column] ?? '').split('\n'));
    return lines.reduce((widest, line) => Math.max(widest, stringWidth(line)), 0) + GAP;
  });
}

function harmless(cell: Cell): Exclude<Cell, string> {
  if (typeof cell === 'string') return { text: shownText(cell), paint: (text) => text };
  return { text: shownText(cell.text), paint: cell.paint };
}
