import { type Kinds, kindOf } from '../plan/kinds.js';
import type { Plan, StepRef } from '../plan/plan.js';

/** Whether a step only looks or waits, and never changes anything. That such a step was not done is not reported. */
export type LookingSteps = (address: StepRef) => boolean;

export function lookingSteps({ stages }: Pick<Plan, 'stages'>, kinds: Kinds): LookingSteps {
  const looking = new Set(
    stages.flatMap(({ id: stage, lanes, standby }) =>
      [...lanes, ...standby].flatMap(({ name: lane, steps }) =>
        steps
          .filter(({ action }) => kindOf(kinds, action)?.onlyLooks)
          .map(({ id }) => keyOf({ stage, lane, step: id })),
      ),
    ),
  );
  return (address) => looking.has(keyOf(address));
}

function keyOf({ stage, lane, step }: StepRef): string {
  return JSON.stringify([stage, lane, step]);
}
