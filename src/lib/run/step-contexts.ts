import type { Host } from '../names/host.js';
import type { Plan } from '../plan/plan.js';
import type { StepAddress } from '../record/events.js';
import type { History } from '../record/history.js';
import type { Journal } from './journal.js';
import type { Questions } from './questions.js';
import type { RunOptions } from './run-options.js';
import type { StepContext } from './step-handler.js';

const PROGRESS_EVERY_MS = 250;

/** Makes the contexts that the handlers of a plan's steps use. */
export class StepContexts {
  readonly #history: History;
  readonly #journal: Journal;
  readonly #options: RunOptions;
  readonly #questions: Questions;
  readonly #hosts: ReadonlyMap<string, Host>;

  constructor(
    plan: Pick<Plan, 'hosts'>,
    history: History,
    journal: Journal,
    questions: Questions,
    options: RunOptions,
  ) {
    this.#history = history;
    this.#journal = journal;
    this.#questions = questions;
    this.#options = options;
    this.#hosts = new Map(plan.hosts.map((host) => [host.name, host]));
  }

  /**
   * @param name the host of the lane; null: the lane has no host
   * @param isAgain whether an earlier attempt may have left its traces
   * @param stop aborted when no further step may start: a step then no longer waits for an answer
   */
  contextOf(
    address: StepAddress,
    name: string | null,
    isAgain: boolean,
    stop: AbortSignal,
    begins: () => void = () => undefined,
  ): StepContext {
    const { connections, cut, ledger, operation, secrets } = this.#options;
    const session = async (of: string) => await connections.session(this.#host(of), cut);
    const own = () => this.#host(name ?? noHost(address.lane));
    return {
      operation,
      lane: address.lane,
      get host() {
        return own();
      },
      session: async () => await session(own().name),
      sessionOf: session,
      hostOf: (of) => this.#host(of),
      ledger,
      secrets,
      isAgain,
      begins,
      resultOf: (step) => this.#history.state({ ...address, step }).result,
      ask: async (ask) => await this.#questions.ask(address, ask, AbortSignal.any([stop, cut])),
      fact: (name, lane = address.lane) => this.#history.fact(lane, name),
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

  /** Whether the step has asked a question that is not answered. */
  isAsking(address: StepAddress): boolean {
    return this.#questions.isOpen(address);
  }

  /** At most a few progress events a second: a person cannot read more. */
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

function noHost(lane: string): never {
  throw new Error(`a step of lane ${lane}, which is on no host, asks for its host`);
}
