import { StepFailure } from '../../run/step-handler.js';

/** An error of a balancer, as a failure of the step and not of its host. */
export function fault({ balancer }: { readonly balancer: string }, what: string): StepFailure {
  return new StepFailure('failed', `balancer ${balancer} ${what}`, balancer);
}
