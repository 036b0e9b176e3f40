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
  /** The last column is a text of any length. Where it would be narrow, it is below its row, in lines of its own. */
  readonly textBelow?: boolean;
  /** Heads of columns that are left out where the table would not fit, in this order. */
  readonly spared?: readonly string[];
}

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('middle')
    .map((side) => [side, '']),
);

/**
 * A table without borders that fits the terminal: its last column is wrapped, then the others between their words. If that
 * is not enough, a long text goes below its row and columns that can be spared are left out, where the caller allows it. At
 * last each row becomes a record, a line for each column, and nothing is lost.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions = {},
): string {
  const cells = rows.map((row) => row.map(harmless));
  const width = options.width ?? stdoutColumns();
  const paintHead = options.paintHead ?? ((text) => text);
  for (let left = 0; left <= (options.spared ?? []).length; left += 1) {
    const chosen = without(head, cells, options.spared?.slice(0, left) ?? []);
    const table = options.textBelow
      ? (drawTable(...chosen, width, paintHead, EASY_TEXT) ?? drawWithText(...chosen, width, paintHead))
      : drawTable(...chosen, width, paintHead);
    if (table !== undefined) return table.join('\n');
  }
  return renderRecords(head, cells, width, paintHead);
}

/** Whether the table fits with all of its columns beside each other. */
export function tableFits(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number,
): boolean {
  const cells = rows.map((row) => row.map(harmless));
  const columns = head.map((title, column) => [title, ...cells.map((row) => row[column]?.text ?? '')]);
  return columnWidths(columns, width) !== undefined;
}

type Cells = readonly (readonly Exclude<Cell, string>[])[];

/** Columns of a text that is read without trouble. */
const EASY_TEXT = 32;

function without(
  head: readonly string[],
  cells: Cells,
  spared: readonly string[],
): [head: readonly string[], cells: Cells] {
  const stays = head.map((title) => !spared.includes(title));
  return [
    head.filter((_, column) => stays[column]),
    cells.map((row) => row.filter((_, column) => stays[column])),
  ];
}

/**
 * @param leastText columns that the last column needs
 * @returns the head and each row, of one or more lines; undefined: the table does not fit
 */
function drawTable(
  head: readonly string[],
  cells: Cells,
  width: number,
  paintHead: (text: string) => string,
  leastText = 0,
): readonly string[] | undefined {
  const columns = head.map((title, column) => [title, ...cells.map((row) => row[column]?.text ?? '')]);
  const fitting = columnWidths(columns, width);
  if (fitting === undefined) return undefined;
  const text = (columns.at(-1) ?? []).reduce((most, cell) => Math.max(most, stringWidth(cell)), 0);
  if ((fitting.at(-1) ?? 0) < Math.min(leastText, text)) return undefined;
  const texts = cells.map((row) =>
    row.map(({ text }, column) => wrapNames(text, fitting[column] ?? 1).join('\n')),
  );
  const colWidths = widthsOf([head, ...texts]);
  const painted = texts.map((row, index) =>
    row.map((text, column) => cells[index]?.[column]?.paint(text) ?? text),
  );
  return [head.map(paintHead), ...painted].map((row) => draw(row, colWidths));
}

/** The table without its last column; that is below each row, indented. */
function drawWithText(
  head: readonly string[],
  cells: Cells,
  width: number,
  paintHead: (text: string) => string,
): readonly string[] | undefined {
  const table = drawTable(
    head.slice(0, -1),
    cells.map((row) => row.slice(0, -1)),
    width,
    paintHead,
  );
  const below = cells.map((row) => {
    const { text = '', paint } = row.at(-1) ?? {};
    return wrapNames(text, width - BELOW.length).map((line) => `${BELOW}${paint?.(line) ?? line}`);
  });
  return table?.flatMap((row, index) => [row, ...(below[index - 1] ?? [])]);
}

const BELOW = '  ';

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

/** One row: the time of cli-table3 grows with the square of the number of rows. */
function draw(row: readonly string[], colWidths: readonly number[]): string {
  const table = new Table({
    colWidths: [...colWidths],
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  table.push([...row]);
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
