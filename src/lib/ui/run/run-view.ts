import type { Plan } from '../../plan/plan.js';
import type { Listener, RunEvent } from '../../record/events.js';
import { painter, plain } from '../frame/colour.js';
import type { Pending } from './pending.js';
import { RunLines } from './run-lines.js';
import { RunScreen } from './run-screen.js';

/** Shows an operation on stderr while it runs. */
export interface RunView {
  readonly listener: Listener;
  /** The hosts that run, and their steps. */
  pending(): Pending[];
  /** After the last event: stops drawing; what failed stays on the screen. */
  done(): void;
}

/** `terminal`: a live display that redraws in place; else one line per change of state. */
export function createRunView(
  plan: Plan,
  past: readonly RunEvent[],
  options: { readonly terminal: boolean; readonly colour: boolean },
): RunView {
  if (!options.terminal) return new RunLines(plan, past);
  return new RunScreen(plan, past, options.colour ? painter('stderr') : plain);
}
