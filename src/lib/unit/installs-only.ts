import type { Plan } from '../plan/plan.js';
import { isService } from './actions.js';

/** Whether an operation is an expansion that only installs: it leaves what it brought stopped. */
export function installsOnly({ kind, stages }: Pick<Plan, 'kind' | 'stages'>): boolean {
  const leavesStopped = stages.some(({ lanes }) =>
    lanes[0]?.steps.some(({ action }) => isService(action) && action.wanted === 'stopped'),
  );
  return kind === 'scale' && leavesStopped;
}
