import type { Host } from '../names/host.js';
import type { FailureKind } from '../plan/budget.js';
import type { Lane, Plan, Stage, Step } from '../plan/plan.js';
import type { StepAddress, StepResult } from '../record/events.js';
import type { History } from '../record/history.js';
import type { Journal } from './journal.js';
import type { RunOptions } from './run-options.js';
import { runStep } from './step.js';
import type { StepContext } from './step-handler.js';

const PROGRESS_EVERY_MS = 250;

/** How a lane ended. `interrupted`: it was told to stop between two steps, or was cut off in one. */
export interface LaneEnd {
  readonly host: string;
  readonly state: 'done' | 'failed' | 'unknown' | 'interrupted';
  /** `step: what happened`, empty when done. */
  readonly message: string;
  /** Null when it did not fail. What is unknown counts as unreachable. */
  readonly failure: FailureKind | null;
  /** The host at fault; another one than `host` when a template or balancer let it down. */
  readonly culprit: string;
  /** The host belongs to another operation: it is not ours to call unfit. */
  readonly taken: boolean;
}

/** Runs the steps of one host in order, without those that the history knows as done, up to the first that fails. */
export class LaneRunner {
  readonly #plan: Plan;
  readonly #history: History;
  readonly #journal: Journal;
  readonly #options: RunOptions;
  readonly #hosts: ReadonlyMap<string, Host>;

  constructor(plan: Plan, history: History, journal: Journal, options: RunOptions) {
    this.#plan = plan;
    this.#history = history;
    this.#journal = journal;
    this.#options = options;
    this.#hosts = new Map(plan.hosts.map((host) => [host.name, host]));
  }

  async run(stage: Stage, lane: Lane): Promise<LaneEnd> {
    for (const step of this.#toDo(stage, lane)) {
      if (this.#mustStop(stage, lane.host)) return endOf(lane.host, 'interrupted');
      const address = { stage: stage.id, host: lane.host, step: step.id, undo: false };
      const past = this.#history.state(address);
      const result = await runStep(step, address, past, this.#context(address), {
        handlers: this.#options.handlers,
        journal: this.#journal,
      });
      if (result.status === 'failed' || result.status === 'unknown')
        return this.#ended(step, lane.host, result);
    }
    return endOf(lane.host, 'done');
  }

  /**
   * From the first step that is not done. Behind one that was taken back nothing is as it was: what was drained then serves
   * now. Nor does what was started last: a resume may come days later, so it goes back to the start.
   */
  #toDo(stage: Stage, { host, steps }: Lane): readonly Step[] {
    const open = steps.findIndex(
      ({ id }) => this.#history.state({ stage: stage.id, host, step: id }).status !== 'done',
    );
    if (open === -1) return [];
    const started = steps.slice(0, open).findLastIndex(({ action }) => action.kind === 'start');
    return steps.slice(started === -1 ? open : started);
  }

  /** Takes back, last step first, what was begun on a host. False when something could not be taken back. */
  async undo(host: string): Promise<boolean> {
    let clean = true;
    for (const stage of [...this.#plan.stages].reverse()) {
      const lane = [...stage.lanes, ...stage.standby].find((candidate) => candidate.host === host);
      for (const step of [...(lane?.steps ?? [])].reverse()) {
        if (!step.undo) continue;
        const address = { stage: stage.id, host, step: step.id, undo: true };
        if (this.#history.state(address).status === 'not-started') continue;
        const result = await runStep(
          { ...step, action: step.undo },
          address,
          { status: 'not-started', attempts: 0, startedAt: null, result: null },
          this.#context(address),
          { handlers: this.#options.handlers, journal: this.#journal },
        );
        clean = clean && result.status === 'done';
      }
    }
    return clean;
  }

  /** Once told to stop, but for a host that must not be left half-way. */
  #mustStop({ whole = false }: Stage, host: string): boolean {
    if (this.#options.cut.aborted) return true;
    return this.#options.stop.aborted && !(whole && this.#history.wasBegun(host));
  }

  #ended(step: Step, host: string, result: StepResult & { readonly status: 'failed' | 'unknown' }): LaneEnd {
    if (this.#options.cut.aborted) return endOf(host, 'interrupted');
    return {
      host,
      state: result.status,
      message: `${step.title}: ${result.message}`,
      failure: result.status === 'failed' ? result.failure : 'unreachable',
      culprit: result.culprit,
      taken: step.action.kind === 'claim',
    };
  }

  #context(address: StepAddress): StepContext {
    const { connections, cut, ledger, operation, secrets } = this.#options;
    const session = (name: string) => connections.session(this.#host(name), cut);
    return {
      operation,
      host: this.#host(address.host),
      session: () => session(address.host),
      sessionOf: session,
      hostOf: (name) => this.#host(name),
      ledger,
      secrets,
      isAgain: this.#history.state(address).status !== 'not-started',
      resultOf: (step) => this.#history.state({ ...address, step }).result,
      progress: this.#progressOf(address),
      waitsFor: (what) =>
        void this.#journal.record({
          type: 'progress',
          doneBytes: 0,
          totalBytes: 0,
          waitsFor: what,
          ...address,
        }),
      signal: cut,
    };
  }

  /** At most a few progress events a second: nobody reads more. */
  #progressOf(address: StepAddress): StepContext['progress'] {
    let lastAt = 0;
    return (doneBytes, totalBytes) => {
      const now = performance.now();
      if (now - lastAt < PROGRESS_EVERY_MS && doneBytes < totalBytes) return;
      lastAt = now;
      void this.#journal.record({ type: 'progress', doneBytes, totalBytes, ...address });
    };
  }

  #host(name: string): Host {
    const host = this.#hosts.get(name);
    if (!host) throw new Error(`the plan names host ${name} in a step but not among its hosts`);
    return host;
  }
}

export function endOf(host: string, state: 'done' | 'interrupted'): LaneEnd {
  return { host, state, message: '', failure: null, culprit: host, taken: false };
}
