import { sentenceOf } from '../errors.js';
import type { Keeper, Stage } from '../plan/plan.js';
import type { RunEvent } from '../record/events.js';
import type { History } from '../record/history.js';
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
  readonly #tools: Tools;
  readonly #watches = new Map<string, Watch>();

  constructor(keepers: readonly Keeper[], tools: Tools) {
    this.#keepers = keepers;
    this.#tools = tools;
  }

  /**
   * Before anything runs: a keeper that was at work when an earlier run ended, and has missed its time since, is lost.
   * @param stages those of both ways
   * @param now by the clock that stamped the events, in milliseconds since 1970
   */
  async resume(stages: readonly Stage[], past: readonly RunEvent[], now: number): Promise<void> {
    for (const keeper of this.#keepers.filter((each) => this.#wasAtWork(each, stages))) {
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

  /** A stage begins: so do the keepers that begin with it. */
  stageBegins(id: string): void {
    for (const keeper of this.#keepers)
      if (keeper.from === id && !this.#watches.has(keeper.id)) this.#start(keeper, 0);
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
  #wasAtWork({ from, until }: Keeper, stages: readonly Stage[]): boolean {
    const states = (id: string) =>
      (stages.find((stage) => stage.id === id)?.lanes ?? []).flatMap(({ name, steps }) =>
        steps.map((step) => this.#tools.history.state({ stage: id, lane: name, step: step.id })),
      );
    const isPassed = (status: string) => status === 'done' || status === 'skipped';
    return (
      states(from).some(({ attempts }) => attempts > 0) &&
      !states(until).every(({ status }) => isPassed(status))
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
      await handlerOf(options.handlers, action).apply(action, contexts.contextOf(address, host, true));
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
