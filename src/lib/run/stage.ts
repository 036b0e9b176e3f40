import type { Lane, Stage } from '../plan/plan.js';
import type { History } from './history.js';
import type { Journal } from './journal.js';
import type { LaneEnd, LaneRunner } from './lane.js';
import type { RunOptions } from './run-options.js';
import { Semaphore } from './semaphore.js';

export interface StageTools {
  readonly lanes: LaneRunner;
  readonly history: History;
  readonly journal: Journal;
  readonly options: RunOptions;
  /** Hosts that take no part in this and later stages; the stage adds those it gave up or never needed. */
  readonly out: Set<string>;
}

/** One stage: its lanes up to `forks` at once, and a standby lane in the place of each that is given up. */
export class StageRunner {
  readonly #stage: Stage;
  readonly #tools: StageTools;
  /** Standby lanes that nobody has used, in order. */
  #standby: Lane[];

  constructor(stage: Stage, tools: StageTools) {
    this.#stage = stage;
    this.#tools = tools;
    // A standby host that an earlier stage did not need, or gave up, has nothing to stand in with here.
    this.#standby = stage.standby.filter((lane) => !tools.out.has(lane.host));
  }

  /** @returns one end per lane of the stage that took part: its own or that of the last host in its place */
  async run(): Promise<readonly LaneEnd[]> {
    const limit = new Semaphore(this.#tools.options.forks);
    // All successors are looked up before any lane starts, so that no other lane takes their host.
    const lanes = this.#stage.lanes
      .map((lane) => this.#current(lane))
      .filter((lane) => !this.#tools.out.has(lane.host));
    const ends = await Promise.all(lanes.map((lane) => limit.run(() => this.#runOrReplace(lane))));
    for (const lane of this.#standby) this.#tools.out.add(lane.host);
    return ends;
  }

  async #runOrReplace(first: Lane): Promise<LaneEnd> {
    let lane = first;
    for (;;) {
      const end = await this.#tools.lanes.run(this.#stage, lane);
      if (end.state === 'done' || end.state === 'interrupted' || this.#stage.gate) return end;
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

  /** The lane itself or, after a resume or in a later stage, the one that took its place, however many were given up in between. */
  #current(lane: Lane): Lane {
    const replacedBy = this.#tools.history.setAside(lane.host)?.replacedBy;
    // Looked for among all: one in between, given up as well, waits no longer but still leads to the last.
    const next = this.#stage.standby.find((standby) => standby.host === replacedBy);
    if (!next) return lane;
    this.#tools.out.add(lane.host);
    this.#standby = this.#standby.filter((standby) => standby !== next);
    return this.#current(next);
  }

  async #setAside(host: string, end: LaneEnd): Promise<Lane | undefined> {
    const { journal, options, out } = this.#tools;
    out.add(host);
    const next = options.stop.aborted ? undefined : this.#standby.shift();
    if (!end.taken) await options.ledger.setUnfit(host, options.operation, end.message);
    const replacedBy = next?.host ?? null;
    await journal.record({
      type: 'host-set-aside',
      stage: this.#stage.id,
      host,
      reason: end.message,
      replacedBy,
    });
    return next;
  }
}
