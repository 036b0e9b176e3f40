import { formatDuration } from '../../duration.js';
import type { FanOutEvent } from '../../fanout/fan-out.js';
import { type HostOutcome, type Score, scoreOf } from '../../fanout/outcome.js';
import { fold } from '../../names/fold.js';
import { LiveLine } from '../frame/live-line.js';
import { say } from '../frame/output.js';
import { type Pending, renderPending } from '../run/pending.js';

/** Without a live line, pending hosts are reported after this much silence. */
const SILENCE_MS = 30_000;
const LOOK_MS = 100;

/** Shows a running fan-out on stderr: one live line on a terminal, otherwise a line now and then if it takes long. */
export class FanOutView {
  readonly scores: Record<Score, number> = { done: 0, failed: 0, unreachable: 0, pending: 0 };
  readonly #total: number;
  readonly #line: LiveLine | undefined;
  readonly #startedMs = performance.now();
  readonly #pending = new Map<string, Pending>();
  readonly #timer: NodeJS.Timeout | undefined;
  #ended = 0;
  #saidMs = performance.now();

  constructor(total: number, isLive: boolean) {
    this.#total = total;
    this.#line = isLive ? new LiveLine(() => this.#text()) : undefined;
    this.#timer = isLive ? undefined : setInterval(() => this.#tick(), LOOK_MS).unref();
  }

  readonly listener = (event: FanOutEvent): void => {
    if (event.type === 'ended') this.#end(event.outcome);
    else this.#pending.set(event.host, { host: event.host, what: event.type, sinceMs: performance.now() });
  };

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Output was shown, so the user need not be told that we still wait. */
  heard(): void {
    this.#saidMs = performance.now();
  }

  sayPending(): void {
    this.#saidMs = performance.now();
    const notBegun = this.#total - this.#ended - this.#pending.size;
    say(renderPending([...this.#pending.values()], notBegun, performance.now()));
  }

  /** Stops drawing, and removes the line. */
  async done(): Promise<void> {
    clearInterval(this.#timer);
    await this.#line?.done();
  }

  #end(outcome: HostOutcome): void {
    this.#pending.delete(outcome.host);
    this.#ended += 1;
    this.scores[scoreOf(outcome)] += 1;
  }

  #tick(): void {
    if (performance.now() - this.#saidMs >= SILENCE_MS) this.sayPending();
  }

  #text(): string {
    const { done, failed, unreachable } = this.scores;
    const bad = [
      failed > 0 ? `, ${failed} failed` : '',
      unreachable > 0 ? `, ${unreachable} unreachable` : '',
    ].join('');
    const left = this.#total - this.#ended;
    const hosts = fold(this.#pending.keys());
    return `${done}/${this.#total} done${bad}, ${left} pending, ${formatDuration(this.elapsedMs)}  ${hosts}`;
  }
}
