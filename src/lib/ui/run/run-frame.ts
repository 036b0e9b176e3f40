import { formatBytes } from '../../bytes.js';
import { fold } from '../../names/nodeset.js';
import type { ChalkInstance } from '../frame/colour.js';
import { formatDuration } from '../frame/duration.js';
import { fitLine, padLine } from '../frame/fit.js';
import { foldMessages } from '../frame/fold-messages.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { type RunState, rowTitle, type StepRow, waitWords } from './run-state.js';

export interface FrameOptions {
  readonly title: string;
  readonly columns: number;
  /** Lines the frame may have at most. */
  readonly lines: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly paint: ChalkInstance;
}

const BAR_COLUMNS = 10;
/** Rows of failures that are always left room for. */
const TROUBLE_LINES = 3;

/** One frame of the live display: as many lines at a thousand hosts as at one. */
export function renderFrame(state: RunState, options: FrameOptions): string[] {
  const { paint, columns, nowMs } = options;
  const elapsed = state.startedMs === undefined ? '' : formatDuration(nowMs - state.startedMs);
  const batch = state.batch ? `, batch ${state.batch.batch} of ${state.batch.batches}` : '';
  const lines = [`${paint.bold(sanitizeLine(`${options.title}${batch}`))}  ${paint.dim(elapsed)}`];
  const troubles = foldMessages(state.troubles);
  const forTroubles = Math.min(troubles.length, TROUBLE_LINES);
  lines.push(...rowLines(state, options, options.lines - lines.length - forTroubles));
  lines.push(...troubleLines(troubles, options.lines - lines.length, paint));
  return lines.slice(0, options.lines).map((line) => fitLine(line, columns));
}

function rowLines(state: RunState, options: FrameOptions, room: number): string[] {
  let rows = state.rows;
  const notes: string[] = [];
  if (rows.length > room) {
    rows = rows.filter(
      (row) => row.running.size > 0 || row.failed.size > 0 || row.done.size < state.total(row),
    );
    const finished = state.rows.length - rows.length;
    if (finished > 0) notes.push(options.paint.dim(`  ${finished} steps are done everywhere`));
  }
  const shown = rows.slice(0, Math.max(room - notes.length, 1));
  const columns = {
    title: Math.max(0, ...shown.map((row) => rowTitle(row).length)),
    digits: Math.max(0, ...shown.map((row) => String(state.total(row)).length)),
  };
  return [...notes, ...shown.map((row) => renderRow(row, state.total(row), columns, options))];
}

function renderRow(
  row: StepRow,
  total: number,
  columns: { readonly title: number; readonly digits: number },
  options: FrameOptions,
): string {
  const { paint, nowMs } = options;
  const count = `${String(row.done.size).padStart(columns.digits)}/${String(total).padEnd(columns.digits)}`;
  const filled = total === 0 ? 0 : Math.floor((row.done.size / total) * BAR_COLUMNS);
  const bar = paint.green('▓'.repeat(filled)) + paint.dim('░'.repeat(BAR_COLUMNS - filled));
  const parts = [`  ${padLine(rowTitle(row), columns.title)}  ${count} ${bar}`];
  if (row.failed.size > 0) parts.push(paint.red(`${row.failed.size} failed`));
  const speed = renderSpeed(row, total, nowMs);
  if (speed !== '') parts.push(paint.cyan(speed));
  if (row.running.size > 0) {
    const wait = [...row.running.values()].map(waitWords).find((words) => words !== '') ?? '';
    parts.push(`${row.running.size} running: ${fold([...row.running.keys()])}${sanitizeLine(wait)}`);
  }
  const line = parts.join('  ');
  return row.running.size + row.done.size + row.failed.size === 0 ? paint.dim(line) : line;
}

/** Bytes per second over all hosts since the first of them, and the time the rest takes at that speed. */
function renderSpeed(row: StepRow, total: number, nowMs: number): string {
  const { sinceMs, finished, perHost } = row.bytes;
  if (sinceMs === undefined || row.running.size === 0 || nowMs <= sinceMs) return '';
  const running = [...row.running.values()].reduce((sum, step) => sum + step.doneBytes, 0);
  const bytesPerMs = (finished + running) / (nowMs - sinceMs);
  if (bytesPerMs === 0) return `0 B of ${formatBytes(perHost * total)}`;
  const waiting = total - row.done.size - row.failed.size - row.running.size;
  const leftBytes = perHost * (waiting + row.running.size) - running;
  const left = formatDuration(Math.max(leftBytes, 0) / bytesPerMs);
  return `${formatBytes(finished + running)}, ${formatBytes(bytesPerMs * 1000)}/s, ${left} left`;
}

function troubleLines(troubles: readonly string[], room: number, paint: ChalkInstance): string[] {
  if (troubles.length <= room) return troubles.map((line) => paint.red(`  ${line}`));
  const shown = troubles.slice(troubles.length - Math.max(room - 1, 0));
  const hidden = paint.dim(`  ${troubles.length - shown.length} earlier failures, shown at the end`);
  return [hidden, ...shown.map((line) => paint.red(`  ${line}`))];
}
