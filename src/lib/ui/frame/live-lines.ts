import { ListrTaskState } from 'listr2';
import stringWidth from 'string-width';
import { plural } from '../../plural.js';
import type { ChalkInstance } from './colour.js';
import { fitLine, padLine } from './fit.js';

/** The parts of a task of listr2, and of its subtasks, that are shown. A task without a title is not shown itself. */
export interface LiveTask {
  /** One harmless line; it may be painted. Text after a tab is a column: it begins at the same place in all lines. */
  readonly title?: string | undefined;
  readonly state: ListrTaskState;
  /** The failures, a line each. */
  readonly output?: string | undefined;
  readonly subtasks?: readonly LiveTask[] | undefined;
  readonly rendererTaskOptions?: { readonly isHeading?: boolean } | undefined;
}

export interface LinesOptions {
  readonly columns: number;
  /** How many lines there is room for. Infinity: everything is shown, and failures are not cut. */
  readonly lines: number;
  readonly paint: ChalkInstance;
  /** The mark of a running task. */
  readonly spinner: string;
}

/** A task that is shown. `level`: how far it is indented. */
interface Row {
  readonly task: LiveTask;
  readonly level: number;
}

/** Which tasks with subtasks get a line of their own. */
type Groups = 'all' | 'done ones alone' | 'none';

/** Room for this many lines of failures is always kept. */
const FAILURE_LINES = 3;
/** On a narrower terminal, indentation costs more than it shows. */
const NARROW_COLUMNS = 60;

/**
 * A list of tasks as lines, never more than there is room for. If room is short, lines are left out in this order: subtasks
 * of a group that is done, other tasks that are done, groups, tasks that have not begun. Failures are below their task.
 */
export function renderTasks(tasks: readonly LiveTask[], options: LinesOptions): string[] {
  const { lines, paint } = options;
  const failures = new Map<LiveTask, readonly string[]>();
  for (const { task } of rowsOf(tasks, 'all')) {
    const faults = task.output === undefined || task.output === '' ? [] : task.output.split('\n');
    if (faults.length > 0) failures.set(task, faults);
  }
  const count = [...failures.values()].reduce((sum, faults) => sum + faults.length, 0);
  const { rows, finished } = chooseRows(tasks, lines - Math.min(count, FAILURE_LINES), options.columns);
  const notes = finished === 0 ? [] : [paint.dim(`  ${plural(finished, 'step')} done everywhere`)];
  const shown = chooseFailures(rows, failures, lines - rows.length - notes.length);
  const hidden = count - [...shown.values()].reduce((sum, faults) => sum + faults.length, 0);
  const texts = alignColumn(rows.map((row) => renderTask(row, options)));
  const body = rows.flatMap((row, index) => [
    fitLine(texts[index] ?? '', options.columns),
    ...(shown.get(row.task) ?? []).map((line) => renderFailure(line, row, options)),
  ]);
  if (hidden > 0) notes.push(paint.dim(`  ${plural(hidden, 'earlier failure')}, shown at the end`));
  const heads = rows.filter(({ task }) => isHeading(task)).length > 0 ? 1 : 0;
  return [...body.slice(0, heads), ...notes, ...body.slice(heads)].slice(0, lines);
}

function rowsOf(tasks: readonly LiveTask[], groups: Groups, level = 0): Row[] {
  return tasks.flatMap((task): Row[] => {
    const { subtasks = [] } = task;
    const isGroup = subtasks.length > 0 && !isHeading(task);
    const isClosed = groups === 'done ones alone' && isGroup && isDone(task);
    const isShown = (task.title ?? '') !== '' && (!isGroup || groups !== 'none');
    const below = isGroup && isShown ? level + 1 : level;
    return [...(isShown ? [{ task, level }] : []), ...(isClosed ? [] : rowsOf(subtasks, groups, below))];
  });
}

/** @returns the rows, and how many more tasks are done but left out for lack of room */
function chooseRows(
  tasks: readonly LiveTask[],
  room: number,
  columns: number,
): { readonly rows: readonly Row[]; readonly finished: number } {
  const groups: readonly Groups[] = columns < NARROW_COLUMNS ? ['none'] : ['all', 'done ones alone'];
  for (const which of groups) {
    const rows = rowsOf(tasks, which);
    if (rows.length <= room) return { rows, finished: 0 };
  }
  const all = rowsOf(tasks, 'none');
  const open = all.filter(({ task }) => isHeading(task) || !isDone(task));
  const finished = all.length - open.length;
  const most = Math.max(room - Math.min(finished, 1), 1);
  const begun = open.filter(({ task }) => !isWaiting(task));
  const waiting = open.filter(({ task }) => isWaiting(task)).slice(0, Math.max(most - begun.length, 0));
  const rows = open.filter((row) => begun.includes(row) || waiting.includes(row)).slice(0, most);
  return { rows, finished };
}

/** The last failures of each task, in fair shares of the room; one line is kept to say how many are hidden. */
function chooseFailures(
  rows: readonly Row[],
  failures: ReadonlyMap<LiveTask, readonly string[]>,
  room: number,
): ReadonlyMap<LiveTask, readonly string[]> {
  const shown = rows.map(({ task }) => ({ task, faults: failures.get(task) ?? [], lines: 0 }));
  const count = [...failures.values()].reduce((sum, faults) => sum + faults.length, 0);
  let left = count <= room ? count : room - 1;
  while (left > 0) {
    const open = shown.filter(({ faults, lines }) => lines < faults.length).slice(-left);
    if (open.length === 0) break;
    for (const each of open) each.lines += 1;
    left -= open.length;
  }
  return new Map(shown.map(({ task, faults, lines }) => [task, faults.slice(faults.length - lines)]));
}

function alignColumn(lines: readonly string[]): string[] {
  const cells = lines.map((line) => line.split('\t'));
  const size = Math.max(
    0,
    ...cells.map(([first = '', second]) => (second === undefined ? 0 : stringWidth(first))),
  );
  return cells.map(([first = '', second]) =>
    second === undefined ? first : `${padLine(first, size)}${second}`,
  );
}

function renderTask({ task, level }: Row, { paint, spinner }: LinesOptions): string {
  const { title = '' } = task;
  if (isHeading(task)) return title;
  const indent = '  '.repeat(level);
  if (isWaiting(task)) return paint.dim(`${indent}  ${title}`);
  return `${indent}${markOf(task, paint, spinner)} ${title}`;
}

function renderFailure(line: string, { level }: Row, { columns, lines, paint }: LinesOptions): string {
  const text = `${'  '.repeat(level)}    ${line}`;
  return paint.red(lines === Number.POSITIVE_INFINITY ? text : fitLine(text, columns));
}

function markOf({ state, subtasks = [] }: LiveTask, paint: ChalkInstance, spinner: string): string {
  switch (state) {
    case ListrTaskState.COMPLETED:
      return paint.green('✓');
    case ListrTaskState.FAILED:
      // The failed subtask has the red mark itself; a spare may have taken the place of its host.
      return subtasks.length > 0 ? paint.yellow('!') : paint.red('✗');
    case ListrTaskState.STARTED:
      return paint.cyan(spinner);
    default:
      return ' ';
  }
}

function isHeading({ rendererTaskOptions }: LiveTask): boolean {
  return rendererTaskOptions?.isHeading === true;
}

function isDone({ state }: LiveTask): boolean {
  return state === ListrTaskState.COMPLETED;
}

function isWaiting({ state }: LiveTask): boolean {
  return state === ListrTaskState.WAITING;
}
