import type { Plan, Stage } from '../../plan/plan.js';
import { mergedSteps } from '../../plan/step-order.js';
import type { RunEvent, StepAddress } from '../../record/events.js';
import { History } from '../../record/history.js';
import { type HostMessage, withoutHost } from '../frame/fold-messages.js';
import type { Pending } from './pending.js';

/** One step of the plan over all hosts. Hosts are in exactly one of the sets once they have begun it. */
export interface StepRow {
  readonly stage: string;
  readonly title: string;
  /** True when it takes back what a step of this title did. */
  readonly undo: boolean;
  readonly running: Map<string, RunningStep>;
  readonly done: Set<string>;
  readonly failed: Set<string>;
  /** What went wrong, in order of appearance. */
  readonly troubles: HostMessage[];
  readonly bytes: RowBytes;
}

/** What a row has transferred; since when is undefined for steps that never tell. */
export interface RowBytes {
  sinceMs: number | undefined;
  /** Of hosts that have finished. */
  finished: number;
  /** Of the largest transfer to one host. */
  perHost: number;
}

export interface RunningStep {
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  doneBytes: number;
  /** What is waited for, where that takes long. */
  waitsFor?: string;
}

const NOBODY: ReadonlySet<string> = new Set();

/** What an operation looks like at the moment: totals per step, never a line per host. */
export class RunState {
  readonly rows: StepRow[] = [];
  startedMs: number | undefined;
  /** The batch that is worked on, where there is more than one. */
  batch: { readonly batch: number; readonly batches: number } | undefined;
  finished: { readonly state: string; readonly message: string } | undefined;
  readonly #clock: (event: RunEvent) => number;
  readonly #rowOf = new Map<string, StepRow>();
  readonly #stages = new Map<string, { readonly lanes: ReadonlySet<string>; readonly inPlay: Set<string> }>();

  /**
   * @param past events of earlier runs: what is done counts, what happened is not told again
   * @param clock when an event came, in milliseconds; those it came with are of a clock that may be set
   */
  constructor(
    plan: Plan,
    past: readonly RunEvent[] = [],
    clock: (event: RunEvent) => number = (event) => Date.parse(event.at),
  ) {
    this.#clock = clock;
    for (const stage of plan.stages) this.#addStage(stage);
    if (past.length > 0) this.#remember(plan, past);
  }

  /** The row a step belongs to; steps that take something back have rows of their own, added when they occur. */
  row(address: StepAddress): StepRow {
    const key = keyOf(address);
    const known = this.#rowOf.get(key);
    if (known !== undefined) return known;
    const forward = address.undo ? this.#rowOf.get(keyOf({ ...address, undo: false })) : undefined;
    return this.#assign(address.stage, forward?.title ?? address.step, address.undo, key);
  }

  /** How many hosts a step is for: those that reached it and those that still can. */
  total(row: StepRow): number {
    const inPlay = row.undo ? NOBODY : (this.#stages.get(row.stage)?.inPlay ?? NOBODY);
    let count = inPlay.size;
    for (const hosts of [row.running.keys(), row.done, row.failed])
      for (const host of hosts) if (!inPlay.has(host)) count += 1;
    return count;
  }

  /** Who runs, and since when. */
  pending(): Pending[] {
    return this.rows.flatMap((row) =>
      [...row.running].map(([host, step]) => ({
        host,
        what: `${rowTitle(row)}${waitWords(step)}`,
        sinceMs: step.sinceMs,
      })),
    );
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'operation-started':
        this.startedMs ??= this.#clock(event);
        break;
      case 'step-started':
        this.#start(event);
        break;
      case 'batch-started':
        this.batch = event;
        break;
      case 'progress':
        this.#progress(event);
        break;
      case 'step-finished':
        this.#finish(event);
        break;
      case 'host-set-aside':
        this.#setAside(event);
        break;
      case 'operation-finished':
        this.finished = event;
        break;
    }
  }

  /** The template is looked at once a batch, so what runs may have been done before. */
  #start(event: RunEvent & { type: 'step-started' }): void {
    const row = this.row(event);
    row.done.delete(event.lane);
    row.running.set(event.lane, { sinceMs: this.#clock(event), doneBytes: 0 });
  }

  #progress(event: RunEvent & { type: 'progress' }): void {
    const { running, bytes } = this.row(event);
    const step = running.get(event.lane);
    if (step === undefined) return;
    if (event.waitsFor !== undefined) {
      step.waitsFor = event.waitsFor;
      return;
    }
    step.doneBytes = event.doneBytes;
    bytes.sinceMs ??= this.#clock(event);
    bytes.perHost = Math.max(bytes.perHost, event.totalBytes);
  }

  #finish(event: RunEvent & { type: 'step-finished' }): void {
    const row = this.row(event);
    row.bytes.finished += row.running.get(event.lane)?.doneBytes ?? 0;
    row.running.delete(event.lane);
    const { status, message } = event.result;
    const good = status === 'done' || status === 'skipped';
    row.done.delete(event.lane);
    row.failed.delete(event.lane);
    (good ? row.done : row.failed).add(event.lane);
    if (good) return;
    row.troubles.push({ host: event.lane, message: `${status}: ${withoutHost(message, event.lane)}` });
  }

  #setAside(event: RunEvent & { type: 'host-set-aside' }): void {
    for (const { lanes, inPlay } of this.#stages.values()) {
      if (!inPlay.delete(event.host)) continue;
      if (event.replacedBy !== null && lanes.has(event.replacedBy)) inPlay.add(event.replacedBy);
    }
  }

  #remember(plan: Plan, past: readonly RunEvent[]): void {
    const history = new History(past);
    for (const event of past)
      if (event.type === 'host-set-aside' && event.replacedBy !== null) this.#setAside(event);
    for (const { id: stage, lanes, standby } of plan.stages)
      for (const { name: host, steps } of [...lanes, ...standby])
        for (const { id: step } of steps) {
          const isDone = history.state({ stage, lane: host, step }).status === 'done';
          if (isDone && !history.setAside(host))
            this.row({ stage, lane: host, step, undo: false }).done.add(host);
        }
  }

  #addStage(stage: Stage): void {
    const all = [...stage.lanes, ...stage.standby];
    this.#stages.set(stage.id, {
      lanes: new Set(all.map((lane) => lane.name)),
      inPlay: new Set(stage.lanes.map((lane) => lane.name)),
    });
    for (const { title } of mergedSteps(stage, (step) => step.title))
      this.rows.push(emptyRow(stage.id, title, false));
    for (const { name: host, steps } of all) {
      for (const step of steps) {
        this.#assign(
          stage.id,
          step.title,
          false,
          keyOf({ stage: stage.id, lane: host, step: step.id, undo: false }),
        );
      }
    }
  }

  #assign(stage: string, title: string, undo: boolean, key: string): StepRow {
    let row = this.rows.find(
      (candidate) => candidate.stage === stage && candidate.title === title && candidate.undo === undo,
    );
    if (row === undefined) {
      row = emptyRow(stage, title, undo);
      this.rows.push(row);
    }
    this.#rowOf.set(key, row);
    return row;
  }
}

/** The title of a row as it is shown. */
export function rowTitle(row: Pick<StepRow, 'title' | 'undo'>): string {
  return row.undo ? `undo ${row.title}` : row.title;
}

/** ` (shop.service may take 10 min)`; empty where there is nothing to say. */
export function waitWords({ waitsFor }: RunningStep): string {
  return waitsFor === undefined ? '' : ` (${waitsFor})`;
}

function emptyRow(stage: string, title: string, undo: boolean): StepRow {
  const bytes = { sinceMs: undefined, finished: 0, perHost: 0 };
  const hosts = { running: new Map(), done: new Set<string>(), failed: new Set<string>() };
  return { stage, title, undo, ...hosts, troubles: [], bytes };
}

function keyOf({ stage, lane, step, undo }: StepAddress): string {
  return JSON.stringify([stage, lane, step, undo]);
}
