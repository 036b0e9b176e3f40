import type { Plan } from '../plan/plan.js';
import { onlyLooks } from '../plan/step-order.js';
import type { StepAddress } from './events.js';

/** Whether a step looks or waits and never changes anything: that it has not is no news, and not said. */
export type LookingSteps = (address: Omit<StepAddress, 'undo'>) => boolean;

export function lookingSteps({ stages }: Pick<Plan, 'stages'>): LookingSteps {
  const looking = new Set(
    stages.flatMap(({ id: stage, lanes, standby }) =>
      [...lanes, ...standby].flatMap(({ host, steps }) =>
        steps.filter(({ action }) => onlyLooks(action)).map(({ id }) => keyOf({ stage, host, step: id })),
      ),
    ),
  );
  return (address) => looking.has(keyOf(address));
}

function keyOf({ stage, host, step }: Omit<StepAddress, 'undo'>): string {
  return JSON.stringify([stage, host, step]);
}
