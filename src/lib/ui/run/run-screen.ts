import type { Plan } from '../../plan/plan.js';
import type { RunEvent } from '../../record/events.js';
import type { ChalkInstance } from '../frame/colour.js';
import type { Pending } from './pending.js';
import { RunState } from './run-state.js';
import { RunTasks } from './run-tasks.js';
import type { RunView } from './run-view.js';

/** If nothing happens, a frame is drawn each second, for the clock. */
const IDLE_FRAME_MS = 1000;

/** The live display of an operation on a terminal. It redraws in place and never grows beyond the screen. */
export class RunScreen implements RunView {
  readonly #state: RunState;
  readonly #tasks: RunTasks;
  readonly #drawing: Promise<unknown>;

  constructor(plan: Plan, past: readonly RunEvent[], paint: ChalkInstance, stream?: NodeJS.WriteStream) {
    const clock = () => performance.now();
    this.#state = new RunState(plan, past, clock);
    this.#tasks = new RunTasks(plan, this.#state, clock, {
      paint,
      idleMs: IDLE_FRAME_MS,
      atEnd: 'stays',
      ...(stream && { stream }),
    });
    this.#drawing = this.#tasks.list.run();
  }

  readonly listener = (event: RunEvent): void => {
    this.#state.apply(event);
    this.#tasks.changed();
  };

  pending(): Pending[] {
    return this.#state.pending();
  }

  /** Leaves the last frame on the screen, with every failure. */
  async done(): Promise<void> {
    this.#tasks.end();
    await this.#drawing;
  }
}
