import { sentenceOf } from '../errors.js';
import type { Keeper, Plan, Stage } from '../plan/plan.js';
import type { RunEvent } from '../record/events.js';
import type { History, StepState } from '../record/history.js';
import type { Journal } from './journal.js';
import type { RunOptions } from './run-options.js';
import type { StepContexts } from './step-contexts.js';
import { handlerOf } from './step-handler.js';
import type { Turn } from './turn.js';

interface Tools {
  readonly journal: Journal;
  readonly history: History;
  readonly contexts: StepContexts;
  readonly options: RunOptions;
  readonly turn: Turn;
}

interface Watch {
  readonly keeper: Keeper;
  /** Of the monotonic clock, in milliseconds: when it was done last, or began. */
  doneAt: number;
  isBusy: boolean;
  isLost: boolean;
  /** Why it was not done when it was tried last. */
  reason: string;
  readonly timer: NodeJS.Timeout;
}

/**
 * The keepers of a plan while it runs. Each does its action at once when its first stage begins, and then anew every `everyMs`;
 * one that was not done for `lostAfterMs` is lost, whatever hangs.
 */
export class Keepers {
  readonly #keepers: readonly Keeper[];
  /** Those of both ways. */
  readonly #stages: readonly Stage[];
  readonly #tools: Tools;
  readonly #watches = new Map<string, Watch>();

  constructor({ keepers = [], stages, wayBack }: Plan, tools: Tools) {
    this.#keepers = keepers;
    this.#stages = [...stages, ...(wayBack?.stages ?? [])];
    this.#tools = tools;
  }

  /**
   * Before anything runs: a keeper that was at work when an earlier run ended, and has missed its time since, is lost.
   * @param now by the clock that stamped the events, in milliseconds since 1970
   */
  async resume(past: readonly RunEvent[], now: number): Promise<void> {
    for (const keeper of this.#keepers.filter((each) => this.#wasAtWork(each))) {
      const last = past.findLast(
        (event) =>
          (event.type === 'kept' && event.keeper === keeper.id) ||
          (event.type === 'step-started' && event.stage === keeper.from),
      );
      const missedMs = last === undefined ? Number.POSITIVE_INFINITY : now - Date.parse(last.at);
      if (missedMs >= keeper.lostAfterMs)
        await this.#lose(keeper, 'it was not done while nobody ran the operation');
      else this.#start(keeper, missedMs);
    }
  }

  /** A stage begins: so do the keepers that begin with it, unless a run of before had ended their work. */
  stageBegins(id: string): void {
    for (const keeper of this.#keepers)
      if (keeper.from === id && !this.#watches.has(keeper.id) && !this.#isOver(keeper))
        this.#start(keeper, 0);
  }

  stageEnded(id: string): void {
    for (const [key, { keeper, timer }] of this.#watches) {
      if (keeper.until !== id) continue;
      clearInterval(timer);
      this.#watches.delete(key);
    }
  }

  stop(): void {
    for (const { timer } of this.#watches.values()) clearInterval(timer);
    this.#watches.clear();
  }

  /** Its first stage was begun and its last one not passed. */
  #wasAtWork(keeper: Keeper): boolean {
    return this.#statesIn(keeper.from).some(({ attempts }) => attempts > 0) && !this.#isOver(keeper);
  }

  #isOver({ until }: Keeper): boolean {
    return this.#statesIn(until).every(({ status }) => status === 'done' || status === 'skipped');
  }

  #statesIn(id: string): StepState[] {
    const lanes = this.#stages.find((stage) => stage.id === id)?.lanes ?? [];
    return lanes.flatMap(({ name, steps }) =>
      steps.map((step) => this.#tools.history.state({ stage: id, lane: name, step: step.id })),
    );
  }

  #start(keeper: Keeper, sinceMs: number): void {
    const watch: Watch = {
      keeper,
      doneAt: performance.now() - sinceMs,
      isBusy: false,
      isLost: false,
      reason: 'it does not end',
      timer: setInterval(() => void this.#beat(watch), keeper.everyMs),
    };
    this.#watches.set(keeper.id, watch);
    void this.#beat(watch);
  }

  async #beat(watch: Watch): Promise<void> {
    if (!watch.isBusy) void this.#do(watch);
    if (watch.isLost || performance.now() - watch.doneAt < watch.keeper.lostAfterMs) return;
    watch.isLost = true;
    // Where the ledger cannot be written the run ends by the next event of a step.
    await this.#lose(watch.keeper, watch.reason).catch(() => undefined);
  }

  async #do(watch: Watch): Promise<void> {
    const { contexts, options, journal } = this.#tools;
    const { id, host, action } = watch.keeper;
    const address = { stage: 'keepers', lane: id, step: id, undo: false };
    // It counts from its begin: what it renews does not run longer than that.
    const startedAt = performance.now();
    watch.isBusy = true;
    try {
      await handlerOf(options.handlers, action).apply(
        action,
        contexts.contextOf(address, host, true, options.stop),
      );
      await journal.record({ type: 'kept', keeper: id });
      watch.doneAt = startedAt;
    } catch (error) {
      watch.reason = sentenceOf(error);
    } finally {
      watch.isBusy = false;
    }
  }

  async #lose({ id, title, onLoss }: Keeper, why: string): Promise<void> {
    const reason = `${title}: ${why}`;
    await this.#tools.journal.record({ type: 'keeper-lost', keeper: id, reason });
    if (onLoss === 'turn') await this.#tools.turn.take('keeper-lost', reason);
  }
}
