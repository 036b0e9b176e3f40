import type { Plan } from '../../plan/plan.js';
import type { RunEvent } from '../../record/events.js';
import { painter, plain } from '../frame/colour.js';
import { RunLines } from './run-lines.js';
import type { RunView } from './run-view.js';

/** `terminal`: a live display that redraws in place (loaded only then); otherwise one line per change of state. */
export async function createRunView(
  plan: Plan,
  past: readonly RunEvent[],
  options: { readonly terminal: boolean; readonly colour: boolean },
): Promise<RunView> {
  if (!options.terminal) return new RunLines(plan, past);
  const { RunScreen } = await import('./run-screen.js');
  return new RunScreen(plan, past, options.colour ? painter('stderr') : plain);
}
