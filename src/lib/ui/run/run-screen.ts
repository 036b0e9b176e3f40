import stringWidth from 'string-width';
import type { Plan } from '../../plan/plan.js';
import type { RunEvent } from '../../record/events.js';
import type { ChalkInstance } from '../frame/colour.js';
import { foldMessages } from '../frame/fold-messages.js';
import { type LiveDisplay, setLiveDisplay, write } from '../frame/output.js';
import type { Pending } from './pending.js';
import { renderFrame } from './run-frame.js';
import { RunState } from './run-state.js';
import type { RunView } from './run-view.js';

/** At most ten frames a second; when nothing happens, one, for the clock. */
const FRAME_MS = 100;
const IDLE_FRAME_MS = 1000;

// Synchronised output: a terminal that knows it shows a frame at once, others ignore it (DEC private mode 2026).
const SYNC_BEGIN = '\x1b[?2026h';
const SYNC_END = '\x1b[?2026l';
const ERASE_LINE_END = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/** The live display of an operation on a terminal. It redraws in place and never grows beyond the screen. */
export class RunScreen implements RunView, LiveDisplay {
  readonly #title: string;
  readonly #paint: ChalkInstance;
  readonly #stream: NodeJS.WriteStream;
  readonly #state: RunState;
  readonly #timer: NodeJS.Timeout;
  #drawn: readonly string[] = [];
  #changed = true;
  #drawnMs = 0;

  constructor(
    plan: Plan,
    past: readonly RunEvent[],
    paint: ChalkInstance,
    stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.#title = plan.title;
    this.#paint = paint;
    this.#stream = stream;
    this.#state = new RunState(plan, past, () => performance.now());
    this.#timer = setInterval(() => this.#tick(), FRAME_MS).unref();
    setLiveDisplay(this);
  }

  readonly listener = (event: RunEvent): void => {
    this.#state.apply(event);
    this.#changed = true;
  };

  draw(): void {
    const columns = this.#stream.columns || 80;
    const lines = Math.max((this.#stream.rows || 24) - 1, 1);
    this.#show(this.#frame(columns, lines), columns);
  }

  clear(): void {
    this.#show([], this.#stream.columns || 80);
  }

  pending(): Pending[] {
    return this.#state.pending();
  }

  /** Leaves the last frame, and every failure under it. */
  done(): void {
    clearInterval(this.#timer);
    setLiveDisplay(undefined);
    const columns = this.#stream.columns || 80;
    const frame = this.#frame(columns, Number.POSITIVE_INFINITY);
    const rows = frame.slice(0, 1 + this.#state.rows.length);
    const troubles = foldMessages(this.#state.troubles).map((line) => this.#paint.red(`  ${line}`));
    this.#show([...rows, ...troubles], columns);
  }

  #frame(columns: number, lines: number): string[] {
    const options = {
      title: this.#title,
      columns: columns - 1,
      lines,
      nowMs: performance.now(),
      paint: this.#paint,
    };
    return renderFrame(this.#state, options);
  }

  #tick(): void {
    if (!this.#changed && performance.now() - this.#drawnMs < IDLE_FRAME_MS) return;
    this.#changed = false;
    this.draw();
  }

  #show(lines: readonly string[], columns: number): void {
    // A window that got narrower has broken the lines of the last frame.
    const height = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)),
      0,
    );
    const up = height > 0 ? `\x1b[${height}A\r` : '';
    const body = lines.map((line) => `${line}${ERASE_LINE_END}\n`).join('');
    write(this.#stream, `${SYNC_BEGIN}${up}${body}${ERASE_BELOW}${SYNC_END}`);
    this.#drawn = lines;
    this.#drawnMs = performance.now();
  }
}
