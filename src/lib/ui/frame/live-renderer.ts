import { type ListrEventManager, ListrEventType, Spinner } from 'listr2';
import stringWidth from 'string-width';
import type { ChalkInstance } from './colour.js';
import { isAsking } from './keys.js';
import { type LiveTask, renderTasks } from './live-lines.js';
import { type LiveDisplay, setLiveDisplay, write } from './output.js';

/** At most ten frames a second. */
const FRAME_MS = 100;

// Synchronised output: a terminal that supports it shows a frame at once, others ignore it (DEC private mode 2026).
const SYNC_BEGIN = '\x1b[?2026h';
const SYNC_END = '\x1b[?2026l';
const ERASE_LINE_END = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

export interface LiveOptions {
  readonly paint: ChalkInstance;
  /** stderr by default. */
  readonly stream?: NodeJS.WriteStream;
  /** Updates titles and states of the tasks before they are drawn. */
  readonly refresh?: () => void;
  /** If nothing changes, a frame is still drawn after this time, for clocks and spinners. */
  readonly idleMs: number;
  /** What remains of the list at the end: all of it, whatever the height of the screen, or nothing. */
  readonly atEnd: 'stays' | 'goes';
}

/**
 * Draws tasks of listr2 in place, on stderr. listr2's own renderer is not used: it writes to stdout, ignores the height,
 * reads the width only at the start, holds back other output, and leaves the cursor hidden after `kill -9`. log-update is
 * not used either: it wraps every line again in every frame, which takes 7 ms for a list of 13 lines.
 */
export class LiveRenderer implements LiveDisplay {
  // Names that listr2 expects of a renderer; without `nonTTY` it takes another one if stdout is not a terminal.
  static readonly nonTTY = true;
  static rendererOptions: LiveOptions;
  static rendererTaskOptions: NonNullable<LiveTask['rendererTaskOptions']>;
  readonly #tasks: readonly LiveTask[];
  readonly #options: LiveOptions;
  readonly #stream: NodeJS.WriteStream;
  readonly #spinner = new Spinner();
  #timer: NodeJS.Timeout | undefined;
  #drawn: readonly string[] = [];
  #size = '';
  #changed = true;
  #drawnMs = 0;

  constructor(tasks: readonly LiveTask[], options: LiveOptions, events?: ListrEventManager) {
    this.#tasks = tasks;
    this.#options = options;
    this.#stream = options.stream ?? process.stderr;
    events?.on(ListrEventType.SHOULD_REFRESH_RENDER, () => {
      this.#changed = true;
    });
  }

  render(): void {
    this.#timer = setInterval(() => this.#tick(), FRAME_MS).unref();
    setLiveDisplay(this);
  }

  draw(): void {
    if (isAsking()) return;
    this.#spinner.spin();
    this.#show(this.#lines(Math.max(this.#rows - 1, 1), this.#spinner.fetch()));
    this.#size = `${this.#columns} ${this.#rows}`;
    this.#changed = false;
    this.#drawnMs = performance.now();
  }

  clear(): void {
    this.#show([]);
  }

  end(): void {
    clearInterval(this.#timer);
    setLiveDisplay(undefined);
    if (this.#options.atEnd === 'stays') this.#show(this.#lines(Number.POSITIVE_INFINITY, '…'));
    else this.clear();
  }

  get #columns(): number {
    return this.#stream.columns || 80;
  }

  get #rows(): number {
    return this.#stream.rows || 24;
  }

  #tick(): void {
    const isDue = performance.now() - this.#drawnMs >= this.#options.idleMs;
    if (this.#changed || isDue || this.#size !== `${this.#columns} ${this.#rows}`) this.draw();
  }

  #lines(lines: number, spinner: string): string[] {
    this.#options.refresh?.();
    return renderTasks(this.#tasks, {
      columns: this.#columns - 1,
      lines,
      paint: this.#options.paint,
      spinner,
    });
  }

  #show(lines: readonly string[]): void {
    if (lines.length + this.#drawn.length === 0) return;
    // If the window became narrower, the terminal has wrapped the lines of the last frame.
    const columns = this.#columns;
    const height = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)),
      0,
    );
    const up = height > 0 ? `\x1b[${height}A\r` : '';
    const body = lines.map((line) => `${line}${ERASE_LINE_END}\n`).join('');
    write(this.#stream, `${SYNC_BEGIN}${up}${body}${ERASE_BELOW}${SYNC_END}`);
    this.#drawn = lines;
  }
}
