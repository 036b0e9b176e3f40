import type { AnyAction, Lane, Step } from './plan.js';

/** The lane of a host. */
export function laneOn<A extends AnyAction>(host: string, steps: readonly Step<A>[]): Lane<A> {
  return { name: host, host, steps };
}
