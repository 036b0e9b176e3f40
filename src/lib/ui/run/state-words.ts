import type { HostState } from '../../record/result.js';
import type { CellState } from '../../record/step-matrix.js';

/** The state of a host or a step in words. A host that was not begun serves as before: `not started` is a state of services. */
export function stateWords(state: HostState | CellState): string {
  return state === 'not-started' ? 'not begun' : state.replaceAll('-', ' ');
}
