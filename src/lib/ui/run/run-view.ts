import type { Plan } from '../../plan/plan.js';
import type { Listener, RunEvent } from '../../record/events.js';
import { painter, plain } from '../frame/colour.js';
import type { Pending } from './pending.js';
import { RunLines } from './run-lines.js';

/** Shows an operation on stderr while it runs. */
export interface RunView {
  readonly listener: Listener;
  /** The hosts that run, and their steps. */
  pending(): Pending[];
  /** After the last event: stops drawing; what failed stays on the screen. */
  done(): Promise<void>;
}

/** `terminal`: a live display that redraws in place, and is loaded only then; else one line per change of state. */
export async function createRunView(
  plan: Plan,
  past: readonly RunEvent[],
  options: { readonly terminal: boolean; readonly colour: boolean },
): Promise<RunView> {
  if (!options.terminal) return new RunLines(plan, past);
  const { RunScreen } = await import('./run-screen.js');
  return new RunScreen(plan, past, options.colour ? painter('stderr') : plain);
}
