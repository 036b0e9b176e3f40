import { type Kinds, takenBackTitle } from '../plan/kinds.js';
import type { Plan, StepRef } from '../plan/plan.js';

/** What a step that takes another one back is called; it has the address of that one. */
export type TakenBack = (address: StepRef) => string;

export function takenBackSteps({ stages }: Pick<Plan, 'stages'>, kinds: Kinds): TakenBack {
  const titles = new Map(
    stages.flatMap(({ id: stage, lanes, standby }) =>
      [...lanes, ...standby].flatMap(({ name: lane, steps }) =>
        steps.map((step) => [keyOf({ stage, lane, step: step.id }), takenBackTitle(kinds, step)] as const),
      ),
    ),
  );
  return (address) => titles.get(keyOf(address)) ?? `undo ${address.step}`;
}

function keyOf({ stage, lane, step }: StepRef): string {
  return JSON.stringify([stage, lane, step]);
}
