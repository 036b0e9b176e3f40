import type { AnyAction, Plan, Stage } from './plan.js';

/**
 * The stage whose lanes are the places that the operation has to fill, and by which its result is counted. If no stage has
 * places, the first stage.
 */
export function placesOf<A extends AnyAction>({ stages }: Pick<Plan<A>, 'stages'>): Stage<A> | undefined {
  return stages.find(({ pass }) => pass === 'each') ?? stages[0];
}
