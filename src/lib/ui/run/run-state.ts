import { KINDS } from '../../actions.js';
import type { Plan, Stage } from '../../plan/plan.js';
import { mergedSteps } from '../../plan/step-order.js';
import type { RunEvent, StepAddress } from '../../record/events.js';
import { History } from '../../record/history.js';
import { type TakenBack, takenBackSteps } from '../../record/taken-back.js';
import { type HostMessage, withoutHost } from '../frame/fold-messages.js';
import type { Pending } from './pending.js';

/** One step of the plan over all hosts. A host that has begun the step is in exactly one of the sets. */
export interface StepRow {
  readonly stage: string;
  readonly title: string;
  /** True if the step takes another one back. */
  readonly undo: boolean;
  readonly running: Map<string, RunningStep>;
  readonly done: Set<string>;
  readonly failed: Set<string>;
  /** Of a step that takes another one back: hosts where nothing could be taken back safely. */
  readonly left: Set<string>;
  /** The failures, in order of appearance. */
  readonly troubles: HostMessage[];
  readonly bytes: RowBytes;
}

/** What a row has transferred. `sinceMs` is undefined for steps that report no bytes. */
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
  /** What the step waits for, if that takes long. */
  waitsFor?: string;
}

const NOBODY: ReadonlySet<string> = new Set();

/** The present state of an operation: totals per step, never a line per host. */
export class RunState {
  readonly rows: StepRow[] = [];
  startedMs: number | undefined;
  /** The current batch, if there is more than one. */
  batch: { readonly batch: number; readonly batches: number } | undefined;
  finished: { readonly state: string; readonly message: string } | undefined;
  readonly #clock: (event: RunEvent) => number;
  readonly #rowOf = new Map<string, StepRow>();
  readonly #takenBack: TakenBack;
  readonly #stages = new Map<string, { readonly lanes: ReadonlySet<string>; readonly inPlay: Set<string> }>();

  /**
   * @param past events of earlier runs: finished steps count, but past events are not shown again
   * @param clock when an event came, in milliseconds; the times in events come from a clock that may be set
   */
  constructor(
    plan: Plan,
    past: readonly RunEvent[] = [],
    clock: (event: RunEvent) => number = (event) => Date.parse(event.at),
  ) {
    this.#clock = clock;
    this.#takenBack = takenBackSteps(plan, KINDS);
    for (const stage of plan.stages) this.#addStage(stage);
    if (past.length > 0) this.#remember(plan, past);
  }

  /** The row of a step; steps that undo something have rows of their own, added when they occur. */
  row(address: StepAddress): StepRow {
    const key = keyOf(address);
    const known = this.#rowOf.get(key);
    if (known !== undefined) return known;
    const title = address.undo ? this.#takenBack(address) : address.step;
    return this.#assign(address.stage, title, address.undo, key);
  }

  /** How many hosts a step is for: those that reached it and those that still can reach it. */
  total(row: StepRow): number {
    const inPlay = row.undo ? NOBODY : (this.#stages.get(row.stage)?.inPlay ?? NOBODY);
    let count = inPlay.size;
    for (const hosts of [row.running.keys(), row.done, row.failed, row.left])
      for (const host of hosts) if (!inPlay.has(host)) count += 1;
    return count;
  }

  /** Which hosts run a step, and since when. */
  pending(): Pending[] {
    return this.rows.flatMap((row) =>
      [...row.running].map(([host, step]) => ({
        host,
        what: `${row.title}${waitWords(step)}`,
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

  /** The template is read once a batch, so a running step may have been done before. */
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
    // A skipped step of a plan was not needed; but what is not taken back is still as it was.
    const isLeft = event.undo && status === 'skipped';
    const isGood = status === 'done' || status === 'skipped';
    for (const hosts of [row.done, row.failed, row.left]) hosts.delete(event.lane);
    (isLeft ? row.left : isGood ? row.done : row.failed).add(event.lane);
    if (isGood && !isLeft) return;
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
          const { status } = history.state({ stage, lane: host, step });
          // A host that was set aside and not replaced is tried again, from its first step that is not done.
          const isReplaced = (history.setAside(host)?.replacedBy ?? null) !== null;
          if ((status === 'done' || status === 'skipped') && !isReplaced)
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

/** ` (shop.service may take 10 min)`; empty if there is nothing to wait for. */
export function waitWords({ waitsFor }: RunningStep): string {
  return waitsFor === undefined ? '' : ` (${waitsFor})`;
}

function emptyRow(stage: string, title: string, undo: boolean): StepRow {
  const bytes = { sinceMs: undefined, finished: 0, perHost: 0 };
  const hosts = {
    running: new Map(),
    done: new Set<string>(),
    failed: new Set<string>(),
    left: new Set<string>(),
  };
  return { stage, title, undo, ...hosts, troubles: [], bytes };
}

function keyOf({ stage, lane, step, undo }: StepAddress): string {
  return JSON.stringify([stage, lane, step, undo]);
}
