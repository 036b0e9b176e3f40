import type { FanOutEvent } from '../../fanout/fan-out.js';
import { type HostOutcome, type Score, scoreOf } from '../../fanout/outcome.js';
import { fold } from '../../names/fold.js';
import { formatDuration } from '../frame/duration.js';
import { isAsking } from '../frame/keys.js';
import { type LiveDisplay, say, setLiveDisplay, write } from '../frame/output.js';
import { type Pending, renderPending } from '../run/pending.js';

const FRAME_MS = 100;
/** Without a live line, who is pending is said after so much silence. */
const SILENCE_MS = 30_000;

/** A fan-out on stderr while it runs: one live line on a terminal, else a word now and then when it takes long. */
export class FanOutView implements LiveDisplay {
  readonly scores: Record<Score, number> = { done: 0, failed: 0, unreachable: 0, pending: 0 };
  readonly #total: number;
  readonly #isLive: boolean;
  readonly #startedMs = performance.now();
  readonly #pending = new Map<string, Pending>();
  readonly #timer: NodeJS.Timeout;
  #ended = 0;
  #isDrawn = false;
  #saidMs = performance.now();

  constructor(total: number, isLive: boolean) {
    this.#total = total;
    this.#isLive = isLive;
    this.#timer = setInterval(() => this.#tick(), FRAME_MS).unref();
    if (isLive) setLiveDisplay(this);
  }

  readonly listener = (event: FanOutEvent): void => {
    if (event.type === 'ended') this.#end(event.outcome);
    else this.#pending.set(event.host, { host: event.host, what: event.type, sinceMs: performance.now() });
  };

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Something was shown: who reads it need not be told that we still wait. */
  heard(): void {
    this.#saidMs = performance.now();
  }

  sayPending(): void {
    this.#saidMs = performance.now();
    const notBegun = this.#total - this.#ended - this.#pending.size;
    say(renderPending([...this.#pending.values()], notBegun, performance.now()));
  }

  draw(): void {
    if (isAsking()) return;
    const columns = (process.stderr.columns || 80) - 1;
    // Of one column a character: names of hosts and numbers.
    const line = this.#line();
    const shown = line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
    write(process.stderr, `\r${shown}\x1b[K`);
    this.#isDrawn = true;
  }

  clear(): void {
    if (this.#isDrawn) write(process.stderr, '\r\x1b[K');
    this.#isDrawn = false;
  }

  /** Stops drawing, and takes the line away. */
  done(): void {
    clearInterval(this.#timer);
    if (!this.#isLive) return;
    setLiveDisplay(undefined);
    this.clear();
  }

  #end(outcome: HostOutcome): void {
    this.#pending.delete(outcome.host);
    this.#ended += 1;
    this.scores[scoreOf(outcome)] += 1;
  }

  #tick(): void {
    if (this.#isLive) this.draw();
    else if (performance.now() - this.#saidMs >= SILENCE_MS) this.sayPending();
  }

  #line(): string {
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
