import type { Plan } from './plan.js';

/** Whether an operation takes hosts out and back: a restart, or a push of the environment that goes with one. */
export function restartsHosts({ kind, stages }: Pick<Plan, 'kind' | 'stages'>): boolean {
  return kind === 'restart' || (kind === 'env-push' && stages.some(({ mustFinish }) => mustFinish));
}
