import type { AnyAction, Plan, Stage } from './plan.js';

/** The stage whose lanes are the places that an operation is to fill, and is scored by; the first where none has such. */
export function placesOf<A extends AnyAction>({ stages }: Pick<Plan<A>, 'stages'>): Stage<A> | undefined {
  return stages.find(({ pass }) => pass === 'each') ?? stages[0];
}
