import { ListrEventType, ListrTaskState } from 'listr2';
import { formatDuration } from '../../duration.js';
import { fold } from '../../names/nodeset.js';
import type { Plan, Stage } from '../../plan/plan.js';
import type { ChalkInstance } from '../frame/colour.js';
import { foldMessages } from '../frame/fold-messages.js';
import {
  type LiveList,
  type LiveListItem,
  type LiveListTask,
  listBelow,
  liveList,
} from '../frame/live-list.js';
import type { LiveOptions } from '../frame/live-renderer.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { renderRow } from './run-row.js';
import type { RunState, StepRow } from './run-state.js';

/** The inputs from which the task of a step was last made. */
interface StepTask {
  readonly item: LiveListItem;
  troubles: number;
  names: string;
  namedMs: number;
}

/**
 * With more hosts than this, the names cannot be read ten times a second, and folding them is most of the work of a frame.
 */
const FEW_HOSTS = 50;
const NAMES_MS = 500;

/**
 * An operation as tasks of listr2: one task for it, below that one for each stage, and below those one for each step, with
 * its failures. A lane may be a host or another thing, such as a DNS record: only its name is used. The tasks only wait for
 * the end; their states come from the run.
 */
export class RunTasks {
  readonly list: LiveList;
  readonly #title: string;
  readonly #state: RunState;
  readonly #clock: () => number;
  readonly #paint: ChalkInstance;
  readonly #over: Promise<void>;
  readonly #stages = new Map<string, { readonly item: LiveListItem; readonly list: LiveList }>();
  readonly #steps = new Map<StepRow, StepTask>();
  #end: () => void = () => undefined;

  /** @param clock tells milliseconds, from the same clock as the state */
  constructor(plan: Plan, state: RunState, clock: () => number, options: Omit<LiveOptions, 'refresh'>) {
    this.#title = plan.title;
    this.#state = state;
    this.#clock = clock;
    this.#paint = options.paint;
    this.#over = new Promise((resolve) => {
      this.#end = resolve;
    });
    const refresh = () => this.refresh();
    const root = { title: plan.title, rendererOptions: { isHeading: true }, task: () => stages };
    this.list = liveList(root, 'beside', { ...options, refresh });
    const stages = this.#addStages(this.list.tasks[0], plan.stages);
  }

  /** There is something new to draw. */
  changed(): void {
    this.list.events.emit(ListrEventType.SHOULD_REFRESH_RENDER);
  }

  /** All tasks end; their titles and states are updated once more. */
  end(): void {
    this.#end();
  }

  #addStages(root: LiveListItem | undefined, stages: readonly Stage[]): LiveList | undefined {
    if (root === undefined) return undefined;
    const list: LiveList = listBelow(
      root,
      stages.map(({ id, title }) => {
        const task = () => this.#stages.get(id)?.list;
        // If a stage has a single step, the line of the step is enough.
        const isAlone = stages.length === 1 || this.#rowsOf(id).length === 1;
        return isAlone ? { task } : { title: sanitizeLine(title), task };
      }),
    );
    for (const [index, { id }] of stages.entries()) this.#addSteps(id, list.tasks[index]);
    return list;
  }

  #addSteps(stage: string, item: LiveListItem | undefined): void {
    if (item === undefined) return;
    const rows = this.#rowsOf(stage);
    const list = listBelow(
      item,
      rows.map((row) => this.#taskOf(row)),
    );
    this.#stages.set(stage, { item, list });
    for (const [index, step] of list.tasks.entries()) {
      const row = rows[index];
      if (row !== undefined) this.#steps.set(row, emptyTask(step));
    }
  }

  /** Updates titles and states of all tasks. */
  refresh(): void {
    const { rows, startedMs, batch } = this.#state;
    const nowMs = this.#clock();
    const elapsed = startedMs === undefined ? '' : formatDuration(nowMs - startedMs);
    const part = batch ? `, batch ${batch.batch} of ${batch.batches}` : '';
    const root = this.list.tasks[0];
    if (root !== undefined)
      root.title = `${this.#paint.bold(sanitizeLine(`${this.#title}${part}`))}  ${this.#paint.dim(elapsed)}`;
    const totals = new Map(rows.map((row) => [row, this.#state.total(row)]));
    const digits = Math.max(0, ...[...totals.values()].map((total) => String(total).length));
    for (const [row, total] of totals) {
      const task = this.#stepOf(row);
      if (task === undefined) continue;
      task.item.title = renderRow(row, total, {
        digits,
        names: namesOf(row, task, nowMs),
        nowMs,
        paint: this.#paint,
      });
      task.item.state = stateOf(row, total);
      this.#tellTroubles(row, task);
    }
    for (const { item } of this.#stages.values())
      item.state = stateOfAll((item.subtasks ?? []).map(({ state }) => state));
  }

  /** Folding the messages of a thousand hosts takes a while; mostly there is nothing new. */
  #tellTroubles(row: StepRow, task: StepTask): void {
    if (task.troubles === row.troubles.length) return;
    task.troubles = row.troubles.length;
    task.item.output = foldMessages(row.troubles).join('\n');
  }

  /** Undo steps appear when they begin. */
  #stepOf(row: StepRow): StepTask | undefined {
    const known = this.#steps.get(row);
    if (known !== undefined) return known;
    const list = this.#stages.get(row.stage)?.list;
    list?.add(this.#taskOf(row));
    const item = list?.tasks.at(-1);
    if (item === undefined) return undefined;
    const task = emptyTask(item);
    this.#steps.set(row, task);
    return task;
  }

  #taskOf(row: StepRow): LiveListTask {
    return { title: row.title, task: () => this.#over };
  }

  #rowsOf(stage: string): readonly StepRow[] {
    return this.#state.rows.filter((row) => row.stage === stage);
  }
}

function emptyTask(item: LiveListItem): StepTask {
  return { item, troubles: 0, names: '', namedMs: Number.NEGATIVE_INFINITY };
}

function namesOf({ running }: StepRow, task: StepTask, nowMs: number): string {
  if (running.size <= FEW_HOSTS || nowMs - task.namedMs >= NAMES_MS) {
    task.names = fold(running.keys());
    task.namedMs = nowMs;
  }
  return task.names;
}

function stateOf({ running, done, failed, left }: StepRow, total: number): ListrTaskState {
  if (running.size > 0) return ListrTaskState.STARTED;
  if (failed.size > 0) return ListrTaskState.FAILED;
  if (done.size + left.size === 0) return ListrTaskState.WAITING;
  return done.size < total ? ListrTaskState.PAUSED : ListrTaskState.COMPLETED;
}

function stateOfAll(states: readonly ListrTaskState[]): ListrTaskState {
  const [first = ListrTaskState.WAITING] = states;
  if (states.every((state) => state === first)) return first;
  for (const state of [ListrTaskState.STARTED, ListrTaskState.FAILED])
    if (states.includes(state)) return state;
  return ListrTaskState.PAUSED;
}
