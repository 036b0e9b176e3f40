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

/** How a lane ended. `interrupted`: it was told to stop between two steps, or was cut off in one. */
export interface LaneEnd {
  /** Its name. */
  readonly lane: string;
  readonly state: 'done' | 'failed' | 'unknown' | 'interrupted';
  /** `step: what happened`, empty when done. */
  readonly message: string;
  /** Null when it did not fail. What is unknown counts as unreachable. */
  readonly failure: FailureKind | null;
  /** The host at fault; another one than that of the lane when a template or balancer let it down. */
  readonly culprit: string;
  /** The host belongs to another operation: it is not ours to call unfit. */
  readonly taken: boolean;
}

/** Runs the steps of one lane in order, without those that the history knows as done, up to the first that fails. */
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

  /** The same for a way that only a cut ends. */
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
   * From the first step that is not done. Behind one that was taken back nothing is as it was: what was drained then serves
   * now. Nor does what was started last: a resume may come days later, so it goes back to the start.
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

  /** Takes back, last step first, what was begun in the lanes of a name. False when something could not be taken back. */
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

  /** Once told to stop, but for a host that must not be left half-way. */
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
