import type { Plan } from './plan.js';

/** Whether an operation takes hosts out and back. */
export function restartsHosts({ operation }: Pick<Plan, 'operation'>): boolean {
  return operation === 'restart';
}
