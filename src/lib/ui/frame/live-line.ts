import { plain } from './colour.js';

/** Work that ends sooner needs no line, and no time to load the code that draws it. */
const FIRST_MS = 100;
const FRAME_MS = 100;

/** One line on stderr, on a terminal, that is redrawn and removed at the end. */
export class LiveLine {
  readonly #text: () => string;
  readonly #timer: NodeJS.Timeout;
  readonly #over: Promise<void>;
  #drawing: Promise<void> | undefined;
  #end: () => void = () => undefined;
  #isOver = false;

  /** @param text harmless; empty as long as there is nothing to show */
  constructor(text: () => string) {
    this.#text = text;
    this.#over = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#timer = setTimeout(() => {
      this.#drawing = this.#draw();
    }, FIRST_MS).unref();
  }

  /** Stops drawing, and removes the line. */
  async done(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isOver = true;
    this.#end();
    await this.#drawing;
  }

  async #draw(): Promise<void> {
    const { liveList } = await import('./live-list.js');
    if (this.#isOver) return;
    const task = { title: 'line', rendererOptions: { isHeading: true }, task: () => this.#over };
    const list = liveList(task, 'beside', {
      paint: plain,
      idleMs: FRAME_MS,
      atEnd: 'goes',
      refresh: () => {
        for (const item of list.tasks) item.title = this.#text();
      },
    });
    await list.run();
  }
}
