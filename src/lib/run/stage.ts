import type { Lane, Stage } from '../plan/plan.js';
import type { History } from '../record/history.js';
import type { FailureCount } from './failure-count.js';
import type { Journal } from './journal.js';
import { endOf, type LaneEnd, type LaneRunner } from './lane.js';
import type { RunOptions } from './run-options.js';
import { Semaphore } from './semaphore.js';

export interface StageTools {
  readonly lanes: LaneRunner;
  readonly history: History;
  readonly journal: Journal;
  readonly options: RunOptions;
  readonly failures: FailureCount;
  /** Whether the hosts come from the pool, where one that failed is marked. */
  readonly pooled: boolean;
  /** Hosts that take no part in this and later stages; the stage adds those it gave up. */
  readonly out: Set<string>;
  /** Standby hosts that an earlier stage of this batch did not need: they have nothing to stand in with in later ones. */
  readonly idle: Set<string>;
  /** How many lanes of this batch run at once. */
  readonly window: number;
}

/** One stage of a batch: its lanes up to `forks` at once, and a standby lane in the place of each that is given up. */
export class StageRunner {
  readonly #stage: Stage;
  readonly #tools: StageTools;
  /** Standby lanes that nobody has used, in order. */
  readonly #standby: Lane[];

  constructor(stage: Stage, tools: StageTools) {
    this.#stage = stage;
    this.#tools = tools;
    this.#standby = stage.standby.filter(
      ({ host }) => !tools.out.has(host) && !tools.idle.has(host) && !tools.history.stoodIn(host),
    );
  }

  /** @returns one end per lane of the stage that took part: its own or that of the last host in its place */
  async run(): Promise<readonly LaneEnd[]> {
    const limit = new Semaphore(Math.min(this.#tools.options.forks, this.#tools.window));
    const lanes = this.#stage.lanes
      .map((lane) => this.#current(lane))
      .filter((lane) => !this.#tools.out.has(lane.host));
    const ends = await Promise.all(lanes.map((lane) => limit.run(() => this.#runOrReplace(lane))));
    for (const lane of this.#standby) this.#tools.idle.add(lane.host);
    return ends;
  }

  async #runOrReplace(first: Lane): Promise<LaneEnd> {
    let lane = first;
    for (;;) {
      if (this.#isWithheld(lane.host)) return endOf(lane.host, 'interrupted');
      const end = await this.#tools.lanes.run(this.#stage, lane);
      if (end.state === 'done' || end.state === 'interrupted' || this.#stage.gate) return end;
      if (!end.taken) this.#tools.failures.add(lane.host, end.failure);
      if (end.culprit !== lane.host) {
        // Not this host's fault: it keeps what it has, for a resume.
        this.#tools.out.add(lane.host);
        return end;
      }
      await this.#tools.lanes.undo(lane.host);
      const next = await this.#setAside(lane.host, end);
      if (!next) return end;
      lane = next;
    }
  }

  /** Once a budget is exhausted the hosts that were begun finish, and no other is begun. */
  #isWithheld(host: string): boolean {
    if (this.#stage.gate || this.#tools.history.wasBegun(host) || this.#tools.failures.exhausted() === '')
      return false;
    this.#tools.out.add(host);
    return true;
  }

  /** The lane itself or, after a resume or in a later stage, the one that took its place, however many were given up in between. */
  #current(lane: Lane): Lane {
    const replacedBy = this.#tools.history.setAside(lane.host)?.replacedBy;
    const next = this.#stage.standby.find((standby) => standby.host === replacedBy);
    if (!next) return lane;
    this.#tools.out.add(lane.host);
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
