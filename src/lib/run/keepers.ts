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
  /** When the action was last done, or when the keeper began: milliseconds of the monotonic clock. */
  doneAt: number;
  isBusy: boolean;
  isLost: boolean;
  /** Why the last attempt failed. */
  reason: string;
  readonly timer: NodeJS.Timeout;
}

/**
 * The keepers of a plan while it runs. Each keeper does its action at once when its first stage begins, and then again every
 * `everyMs`. A keeper whose action was not done for `lostAfterMs` is lost, whatever the cause.
 */
export class Keepers {
  readonly #keepers: readonly Keeper[];
  /** The stages of both ways. */
  readonly #stages: readonly Stage[];
  readonly #tools: Tools;
  readonly #watches = new Map<string, Watch>();

  constructor({ keepers = [], stages, wayBack }: Plan, tools: Tools) {
    this.#keepers = keepers;
    this.#stages = [...stages, ...(wayBack?.stages ?? [])];
    this.#tools = tools;
  }

  /**
   * Runs before any stage. A keeper that was at work when an earlier run ended, and has missed its time since, is lost.
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

  /** A stage begins, and with it its keepers, except those that had ended in an earlier run. */
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

  /** Whether the first stage of the keeper was begun and its last stage not passed. */
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
    // If the ledger cannot be written, the next event of a step ends the run.
    await this.#lose(watch.keeper, watch.reason).catch(() => undefined);
  }

  async #do(watch: Watch): Promise<void> {
    const { contexts, options, journal } = this.#tools;
    const { id, host, action } = watch.keeper;
    const address = { stage: 'keepers', lane: id, step: id, undo: false };
    // The time counts from the start of the action: what the action renews lasts no longer than that.
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
