import type { Lane, Stage } from '../plan/plan.js';
import type { History } from '../record/history.js';
import type { FailureCount } from './failure-count.js';
import type { Journal } from './journal.js';
import type { Keepers } from './keepers.js';
import { endOf, type LaneEnd, type LaneRunner } from './lane.js';
import type { RunOptions } from './run-options.js';
import { Semaphore } from './semaphore.js';

export interface StageTools {
  readonly lanes: LaneRunner;
  readonly keepers: Keepers;
  readonly history: History;
  readonly journal: Journal;
  readonly options: RunOptions;
  readonly failures: FailureCount;
  /** Whether the hosts come from the pool; a pool host that failed is marked there. */
  readonly pooled: boolean;
  /** Hosts that take no part in this and later stages; the stage adds the hosts it gave up. */
  readonly out: Set<string>;
  /**
   * Standby hosts that an earlier stage of this batch did not need. They missed its steps, so they cannot replace a host in later
   * stages.
   */
  readonly idle: Set<string>;
  /** How many lanes of this batch run at once. */
  readonly window: number;
}

/** One stage of a batch. It runs up to `forks` lanes at once; a standby lane replaces each lane that is given up. */
export class StageRunner {
  readonly #stage: Stage;
  readonly #tools: StageTools;
  /** Unused standby lanes, in order. */
  readonly #standby: Lane[];

  constructor(stage: Stage, tools: StageTools) {
    this.#stage = stage;
    this.#tools = tools;
    this.#standby = stage.standby.filter(
      ({ name }) => !tools.out.has(name) && !tools.idle.has(name) && !tools.history.stoodIn(name),
    );
  }

  /** @returns one end for each lane that took part: the end of the lane, or of the last host that replaced it */
  async run(): Promise<readonly LaneEnd[]> {
    const limit = new Semaphore(Math.min(this.#tools.options.forks, this.#tools.window));
    const lanes = this.#stage.pass === 'all' ? this.#stage.lanes : this.#places();
    const ends = await Promise.all(lanes.map((lane) => limit.run(() => this.#runOrReplace(lane))));
    for (const lane of this.#standby) this.#tools.idle.add(lane.name);
    return ends;
  }

  /** The lanes that still take part, or the standby lanes that replaced them. */
  #places(): readonly Lane[] {
    const lanes = this.#stage.lanes.map((lane) => this.#current(lane));
    return lanes.filter(({ name }) => !this.#tools.out.has(name));
  }

  async #runOrReplace(first: Lane): Promise<LaneEnd> {
    let lane = first;
    for (;;) {
      if (this.#isWithheld(lane.name)) return endOf(lane.name, 'interrupted');
      const end = await this.#tools.lanes.run(this.#stage, lane);
      if (end.state === 'done' || end.state === 'interrupted' || this.#stage.pass === 'all') return end;
      if (!end.taken) this.#tools.failures.add(lane.name, end.failure);
      if (end.culprit !== lane.name) {
        // The fault is not on this host: it keeps its state, for a resume.
        this.#tools.out.add(lane.name);
        return end;
      }
      await this.#tools.lanes.undo(lane.name);
      const next = await this.#setAside(lane.name, end);
      if (!next) return end;
      lane = next;
    }
  }

  /** Whether the host must not begin: once a budget is exhausted, only the hosts that were begun finish. */
  #isWithheld(host: string): boolean {
    if (
      this.#stage.pass === 'all' ||
      this.#tools.history.wasBegun(host) ||
      this.#tools.failures.exhausted() === ''
    )
      return false;
    this.#tools.out.add(host);
    return true;
  }

  /** The lane itself or, after a resume or in a later stage, the lane that replaced it, after any number of replacements. */
  #current(lane: Lane): Lane {
    const replacedBy = this.#tools.history.setAside(lane.name)?.replacedBy;
    const next = this.#stage.standby.find((standby) => standby.name === replacedBy);
    if (!next) return lane;
    this.#tools.out.add(lane.name);
    return this.#current(next);
  }

  async #setAside(host: string, end: LaneEnd): Promise<Lane | undefined> {
    const { failures, journal, options, out } = this.#tools;
    out.add(host);
    const stopped = options.stop.aborted || failures.exhausted() !== '';
    const next = stopped ? undefined : this.#standby.shift();
    if (!end.taken && this.#tools.pooled) await options.ledger.setUnfit(host, options.operation, end.message);
    await journal.record({
      type: 'host-set-aside',
      stage: this.#stage.id,
      host,
      reason: end.message,
      failure: end.taken ? null : end.failure,
      replacedBy: next?.host ?? null,
    });
    return next;
  }
}
