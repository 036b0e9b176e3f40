import type { StepContext, StepOutcome } from '../run/step-handler.js';
import type { CopyAction } from './actions.js';

/** A way of bringing the template's files onto a host. Called once per host, many at a time. */
export interface CopyMethod {
  /** @throws {StepFailure} if the template's files changed, or what arrived is not what was sent */
  deliver(action: CopyAction, context: StepContext): Promise<StepOutcome>;
  /** Removes what the method kept on this machine. */
  close(): Promise<void>;
}
