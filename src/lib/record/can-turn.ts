import type { Plan } from '../plan/plan.js';
import type { History } from './history.js';

/** Whether an operation that has not turned would go back: it has a way back, and is not past the step up to which that holds. */
export function canTurn({ wayBack }: Pick<Plan, 'wayBack'>, history: History): boolean {
  if (wayBack === undefined) return false;
  if (wayBack.until === undefined) return true;
  return ['not-started', 'failed', 'skipped'].includes(history.state(wayBack.until).status);
}
