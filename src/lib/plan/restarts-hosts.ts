import type { Plan } from './plan.js';

/** Whether an operation takes hosts out of traffic and back: a restart, or an environment push that restarts. */
export function restartsHosts({ kind, stages }: Pick<Plan, 'kind' | 'stages'>): boolean {
  return kind === 'restart' || (kind === 'env-push' && stages.some(({ mustFinish }) => mustFinish));
}
