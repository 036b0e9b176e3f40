import { formatBytes } from '../../bytes.js';
import { formatDuration } from '../../duration.js';
import type { ChalkInstance } from '../frame/colour.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { type StepRow, waitWords } from './run-state.js';

export interface RowOptions {
  /** Columns for a number of hosts, in all rows. */
  readonly digits: number;
  /** The hosts on which the step runs, folded. */
  readonly names: string;
  /** From the same clock as the times of the state. */
  readonly nowMs: number;
  readonly paint: ChalkInstance;
}

const BAR_COLUMNS = 10;

/** One step as a line, for renderTasks(): how many hosts have finished it, and which hosts run it. */
export function renderRow(row: StepRow, total: number, options: RowOptions): string {
  const { paint, nowMs, digits } = options;
  const count = `${String(row.done.size).padStart(digits)}/${String(total).padEnd(digits)}`;
  const filled = total === 0 ? 0 : Math.floor((row.done.size / total) * BAR_COLUMNS);
  const bar = paint.green('▓'.repeat(filled)) + paint.dim('░'.repeat(BAR_COLUMNS - filled));
  const parts = [`${sanitizeLine(row.title)}\t  ${count} ${bar}`];
  if (row.failed.size > 0) parts.push(paint.red(`${row.failed.size} failed`));
  if (row.left.size > 0) parts.push(paint.yellow(`${row.left.size} left as it was`));
  const speed = renderSpeed(row, total, nowMs);
  if (speed !== '') parts.push(paint.cyan(speed));
  if (row.running.size > 0) {
    const wait = [...row.running.values()].map(waitWords).find((words) => words !== '') ?? '';
    parts.push(`${row.running.size} running: ${sanitizeLine(options.names)}${sanitizeLine(wait)}`);
  }
  return parts.join('  ');
}

/** Bytes per second over all hosts since the first of them began, and the time for the rest at that speed. */
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
