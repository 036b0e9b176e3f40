import type { AnyAction, Step } from './plan.js';

/** A step with its id as its title. */
export function step<const A extends AnyAction, const U extends AnyAction = A>(
  id: string,
  action: A,
  undo?: U,
): Step<A | U> {
  return undo ? { id, title: id, action, undo } : { id, title: id, action };
}
