import type { FailureKind } from '../plan/budget.js';
import { isClaim } from '../plan/claim.js';
import { kindOf } from '../plan/kinds.js';
import type { Lane, Plan, Stage, Step, StepRef } from '../plan/plan.js';
import type { StepAddress, StepResult } from '../record/events.js';
import { type History, NOT_STARTED, type StepState } from '../record/history.js';
import type { Journal } from './journal.js';
import type { RunOptions } from './run-options.js';
import { runStep } from './step.js';
import type { StepContexts } from './step-contexts.js';

/** How a lane ended. `interrupted`: it was told to stop between two steps, or a step was cut off. */
export interface LaneEnd {
  readonly lane: string;
  readonly state: 'done' | 'failed' | 'unknown' | 'interrupted';
  /** `step: what happened`, empty when done. */
  readonly message: string;
  /** Null when the lane did not fail. An unknown outcome counts as unreachable. */
  readonly failure: FailureKind | null;
  /** The host at fault. It is not the host of the lane when a template host or a balancer failed. */
  readonly culprit: string;
  /** Another operation has the host, so this one must not call it unfit. */
  readonly taken: boolean;
}

/** Runs the steps of a lane in order, up to the first that fails. Steps that are done in the history are left out. */
export class LaneRunner {
  readonly #plan: Plan;
  readonly #history: History;
  readonly #journal: Journal;
  readonly #options: RunOptions;
  readonly #contexts: StepContexts;

  constructor(plan: Plan, history: History, journal: Journal, contexts: StepContexts, options: RunOptions) {
    this.#plan = plan;
    this.#history = history;
    this.#journal = journal;
    this.#contexts = contexts;
    this.#options = options;
  }

  /** The same for the way back, which ignores a stop and ends only when it is cut off. */
  withoutStop(): LaneRunner {
    const options = { ...this.#options, stop: new AbortController().signal };
    return new LaneRunner(this.#plan, this.#history, this.#journal, this.#contexts, options);
  }

  async run(stage: Stage, lane: Lane): Promise<LaneEnd> {
    for (const step of this.#toDo(stage, lane)) {
      if (this.#mustStop(stage, lane.name)) return endOf(lane.name, 'interrupted');
      const address = { stage: stage.id, lane: lane.name, step: step.id, undo: false };
      if (step.ifBegun && !this.#wasBegun(step.ifBegun)) {
        const message = `${step.ifBegun.step} was not begun`;
        await this.#journal.record({
          type: 'step-finished',
          result: { status: 'skipped', message },
          ...address,
        });
        continue;
      }
      const result = await this.#runStep(step, address, lane.host, this.#history.state(address));
      if (result.status === 'failed' || result.status === 'unknown')
        return this.#ended(step, address, result);
    }
    return endOf(lane.name, 'done');
  }

  /**
   * The steps from the first one that is not done. After a step that was undone, the later steps must run again: a host that was
   * drained then serves traffic now. The lane also goes back to the last step with `resumesHere`: its effect does not last, and a
   * resume may come days later.
   */
  #toDo(stage: Stage, { name: lane, steps }: Lane): readonly Step[] {
    const open = steps.findIndex(
      ({ id }) => this.#history.state({ stage: stage.id, lane, step: id }).status !== 'done',
    );
    if (open === -1) return [];
    const started = steps
      .slice(0, open)
      .findLastIndex(({ action }) => kindOf(this.#options.kinds, action)?.resumesHere);
    return steps.slice(started === -1 ? open : started);
  }

  #wasBegun(step: StepRef): boolean {
    return this.#history.state(step).attempts > 0;
  }

  /** Undoes the steps that were begun in the lanes of this name, last step first. False when a step could not be undone. */
  async undo(name: string): Promise<boolean> {
    let clean = true;
    for (const stage of [...this.#plan.stages].reverse()) {
      const lane = [...stage.lanes, ...stage.standby].find((candidate) => candidate.name === name);
      for (const step of [...(lane?.steps ?? [])].reverse()) {
        if (!step.undo) continue;
        const address = { stage: stage.id, lane: name, step: step.id, undo: true };
        if (this.#history.state(address).status === 'not-started') continue;
        const undo = { ...step, action: step.undo };
        const result = await this.#runStep(undo, address, lane?.host ?? null, NOT_STARTED);
        clean = clean && result.status === 'done';
      }
    }
    return clean;
  }

  async #runStep(
    step: Step,
    address: StepAddress,
    host: string | null,
    past: StepState,
  ): Promise<StepResult> {
    const wasBegun = this.#history.state(address).status !== 'not-started';
    return await runStep(step, address, past, {
      handlers: this.#options.handlers,
      journal: this.#journal,
      contextOf: (isAgain, begins) =>
        this.#contexts.contextOf(address, host, isAgain || wasBegun, this.#options.stop, begins),
    });
  }

  /** Whether the lane must stop: it is cut off, or told to stop while its host need not be finished first. */
  #mustStop({ mustFinish }: Stage, lane: string): boolean {
    if (this.#options.cut.aborted) return true;
    return this.#options.stop.aborted && !(mustFinish === true && this.#history.wasBegun(lane));
  }

  #ended(
    step: Step,
    address: StepAddress,
    result: StepResult & { readonly status: 'failed' | 'unknown' },
  ): LaneEnd {
    const { lane } = address;
    const { cut, stop } = this.#options;
    if (cut.aborted || (stop.aborted && this.#contexts.isAsking(address))) return endOf(lane, 'interrupted');
    return {
      lane,
      state: result.status,
      message: `${step.title}: ${result.message}`,
      failure: result.status === 'failed' ? result.failure : 'unreachable',
      culprit: result.culprit,
      taken: isClaim(step.action),
    };
  }
}

export function endOf(lane: string, state: 'done' | 'interrupted'): LaneEnd {
  return { lane, state, message: '', failure: null, culprit: lane, taken: false };
}
