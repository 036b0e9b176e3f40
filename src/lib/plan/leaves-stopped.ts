import type { Plan } from './plan.js';

/** Its step is the last that an expansion without --start does on a host. */
export const INSTALL = 'install';

/** Whether an operation is an expansion that was told to install only. */
export function leavesStopped({ kind, stages }: Pick<Plan, 'kind' | 'stages'>): boolean {
  return kind === 'scale' && stages.some(({ lanes }) => lanes[0]?.steps.some(({ id }) => id === INSTALL));
}
