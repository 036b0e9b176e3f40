import type { Plan } from './plan.js';

/** Whether an operation takes hosts out and back: a restart, or a push of the environment that goes with one. */
export function restartsHosts({ operation, stages }: Pick<Plan, 'operation' | 'stages'>): boolean {
  return operation === 'restart' || (operation === 'env-push' && stages.some(({ whole }) => whole));
}
