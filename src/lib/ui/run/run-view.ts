import type { Listener } from '../../record/events.js';
import type { Pending } from './pending.js';

/** Shows an operation on stderr while it runs. */
export interface RunView {
  readonly listener: Listener;
  /** The hosts on which steps run, and those steps. */
  pending(): Pending[];
  /** After the last event: stops drawing; failures stay on the screen. */
  done(): Promise<void>;
}
