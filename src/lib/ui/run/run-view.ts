import type { Listener } from '../../record/events.js';
import type { Pending } from './pending.js';

/** Shows an operation on stderr while it runs. */
export interface RunView {
  readonly listener: Listener;
  /** The hosts that run, and their steps. */
  pending(): Pending[];
  /** After the last event: stops drawing; what failed stays on the screen. */
  done(): Promise<void>;
}
