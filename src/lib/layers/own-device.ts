import type { DeviceState, Generation } from '../guard/generation.js';
import { type LookContext, StepFailure, type StepOutcome } from '../run/step-handler.js';
import { HostError } from '../ssh/connect-error.js';

/** The id of the operation tells two generations of the same number apart; an id of a generation has no hyphen. */
export function generationOf({ operation }: Pick<LookContext, 'operation'>, number: number): Generation {
  return { number, id: operation.replaceAll('-', '') };
}

/** A device that this operation has claimed. */
export function stateOf(
  context: Pick<LookContext, 'operation'>,
  number: number,
  phase: DeviceState['phase'],
): DeviceState {
  return { generation: generationOf(context, number), phase, operation: context.operation };
}

interface Device {
  state(): Promise<DeviceState>;
  close(state: DeviceState): Promise<void>;
}

/**
 * Lets go of a device, if it is still this operation's. One that cannot be told is no failure, as all is done by then: the next
 * operation sees that this one is over, and claims over it.
 */
export async function letGo(
  open: () => Promise<Device>,
  { operation, signal }: Pick<LookContext, 'operation' | 'signal'>,
): Promise<StepOutcome> {
  try {
    const device = await open();
    const state = await device.state();
    const isOurs = state.operation === operation && state.phase !== 'closed';
    if (isOurs) await device.close(state);
    return { changed: isOurs, message: '' };
  } catch (error) {
    if (signal.aborted || !(error instanceof StepFailure || error instanceof HostError)) throw error;
    return { changed: false, message: `the next operation will do it: ${error.message}` };
  }
}
