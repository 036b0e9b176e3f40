import type { Handover, Plan } from './plan.js';

/** Plans of before take hosts of one operation at most. */
export function handoversOf({ takesOver }: Pick<Plan, 'takesOver'>): readonly Handover[] {
  if (takesOver === undefined) return [];
  return 'operation' in takesOver ? [takesOver] : takesOver;
}
