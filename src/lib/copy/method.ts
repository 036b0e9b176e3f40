import type { StepContext, StepOutcome } from '../run/step-handler.js';
import type { CopyAction } from './actions.js';

/** A way of bringing the template's files onto a host. Called once per host, many at a time. */
export interface CopyMethod {
  /** @throws {StepFailure} when the template moved, or what arrived is not what left */
  deliver(action: CopyAction, context: StepContext): Promise<StepOutcome>;
  /** Removes what it kept on this machine. */
  close(): Promise<void>;
}
