import type { Budgets } from '../plan/budget.js';
import type { Plan } from '../plan/plan.js';
import type { RunEvent } from './events.js';

/** The budgets that the last resume gave, if any did; else the budgets of the plan. Undefined: there is no limit. */
export function budgetsInForce(
  plan: Pick<Plan, 'rollout'>,
  events: readonly RunEvent[],
): Budgets | undefined {
  const given = events.findLast((event) => event.type === 'operation-started' && event.budgets !== undefined);
  return given?.type === 'operation-started' ? given.budgets : plan.rollout?.budgets;
}
