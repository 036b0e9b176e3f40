import { placesOf } from '../plan/places.js';
import type { AnyAction, Plan } from '../plan/plan.js';
import type { History, StepState } from './history.js';

/**
 * The status of the host's step whose action `does` accepts; the name of the step does not matter. Only the stage of the places
 * is searched: the main work on the hosts is done there.
 * @returns `not-started` also when the plan has no such step for the host
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
