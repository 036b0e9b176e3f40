import { FailedError } from '../errors.js';
import { StepFailure, type StepHandler } from '../run/step-handler.js';
import type { Session } from '../ssh/transport.js';
import type { ClockAction } from './actions.js';
import { type Clock, doubtMs, readClock } from './clock.js';

/**
 * Holds the clock of a host against that of one that serves: where it is off, tokens are not good yet or no more, certificates are
 * refused, and what it writes is too new or too old for everybody else.
 */
export const clockHandler: StepHandler<ClockAction> = {
  async apply(action, context) {
    const [session, other] = await Promise.all([context.session(), context.sessionOf(action.of)]);
    const fault = clockFault(action, ...(await Promise.all([clockOf(session), clockOf(other)])));
    if (fault !== undefined) throw new StepFailure('failed', fault.message, fault.culprit);
    return { changed: false, message: '' };
  },
};

/**
 * What is wrong with the clock of a host beside that of another, and with whom; undefined where nothing is. What a slow answer
 * leaves open counts as right. This machine's own clock may be wrong, too: by it is only judged which of the two is at fault.
 */
export function clockFault(
  { of, withinMs }: Omit<ClockAction, 'kind'>,
  own: Clock,
  other: Clock,
): { readonly message: string; readonly culprit: string | undefined } | undefined {
  const ahead = own.offsetMs - other.offsetMs;
  if (Math.abs(ahead) - doubtMs(own) - doubtMs(other) <= withinMs) return undefined;
  const apart = `${(Math.abs(ahead) / 1000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
  return {
    message: `its clock is ${apart} that of ${of}; see timedatectl on both`,
    culprit: Math.abs(own.offsetMs) < Math.abs(other.offsetMs) ? of : undefined,
  };
}

async function clockOf(session: Session): Promise<Clock> {
  try {
    return await readClock(session);
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    throw new StepFailure('failed', error.message, session.host);
  }
}
