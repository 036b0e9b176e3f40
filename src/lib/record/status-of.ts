import { placesOf } from '../plan/places.js';
import type { AnyAction, Plan } from '../plan/plan.js';
import type { History, StepState } from './history.js';

/**
 * How the step of a host stands that does something, by what it does and not by its name. Of the first stage: what hosts are
 * wanted for is done there.
 * @returns `not-started` also where the plan has no such step for the host
 */
export function statusOf(
  plan: Pick<Plan, 'stages'>,
  host: string,
  history: History,
  does: (action: AnyAction) => boolean,
): StepState['status'] {
  const stage = placesOf(plan);
  const lane = stage?.lanes.find((each) => each.name === host);
  const step = lane?.steps.find(({ action }) => does(action));
  if (stage === undefined || step === undefined) return 'not-started';
  return history.state({ stage: stage.id, lane: host, step: step.id }).status;
}
