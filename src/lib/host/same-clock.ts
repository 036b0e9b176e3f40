import { formatDuration } from '../duration.js';
import { FailedError } from '../errors.js';
import type { Evidence } from '../record/findings.js';
import { StepFailure } from '../run/step-handler.js';
import type { ReadSession } from '../ssh/transport.js';
import type { HostNeed } from './actions.js';
import { type Clock, doubtMs, readClock } from './clock.js';

type ClockNeed = NonNullable<HostNeed['clock']>;

/**
 * Compares the clock of a host with that of a host in service. If it is off, tokens are not valid yet or any more,
 * certificates are refused, and what the host writes is too new or too old for all other hosts.
 * @throws {StepFailure} if it is off, or the other host cannot tell its time
 */
export async function expectSameClock(need: ClockNeed, own: Clock, other: ReadSession): Promise<Evidence> {
  const its = await sharedClock(other);
  const fault = clockFault(need, own, its);
  const evidence = clockEvidence(need, own, its, fault === undefined);
  if (fault !== undefined)
    throw new StepFailure('failed', fault.message, fault.culprit, undefined, [evidence]);
  return evidence;
}

/**
 * What is wrong between the clocks of two hosts, and which host is at fault; undefined if nothing is wrong. A doubt that
 * comes from a slow answer counts as right. This machine's own clock may be wrong too: it only decides which of the two is at
 * fault.
 */
export function clockFault(
  { of, withinMs }: ClockNeed,
  own: Clock,
  other: Clock,
): { readonly message: string; readonly culprit: string | undefined } | undefined {
  const ahead = own.offsetMs - other.offsetMs;
  if (Math.abs(ahead) - doubtMs(own) - doubtMs(other) <= withinMs) return undefined;
  const isOther = Math.abs(own.offsetMs) < Math.abs(other.offsetMs);
  const apart = `${(Math.abs(ahead) / 1000).toFixed(1)} s ${ahead > 0 === isOther ? 'behind' : 'ahead of'}`;
  const words = isOther ? `the clock of ${of} is ${apart} its own` : `its clock is ${apart} that of ${of}`;
  return { message: `${words}; see timedatectl on both`, culprit: isOther ? of : undefined };
}

function clockEvidence({ of, withinMs }: ClockNeed, own: Clock, other: Clock, ok: boolean): Evidence {
  const doubt = (doubtMs(own) + doubtMs(other)) / 1000;
  const aheadS = ((own.offsetMs - other.offsetMs) / 1000).toFixed(1);
  return {
    what: `clock less that of ${of}`,
    seen: `${aheadS} s, give or take ${doubt.toFixed(1)} s`,
    wanted: `within ${formatDuration(withinMs)}`,
    ok,
  };
}

const SHARED_MS = 5000;
const shared = new WeakMap<ReadSession, { readonly atMs: number; readonly clock: Promise<Clock> }>();

/** Many spares connect at about the same time: they share one reading of the template's clock, at most five seconds old. */
function sharedClock(session: ReadSession): Promise<Clock> {
  const known = shared.get(session);
  if (known !== undefined && performance.now() - known.atMs < SHARED_MS) return known.clock;
  const clock = clockOf(session);
  shared.set(session, { atMs: performance.now(), clock });
  return clock;
}

async function clockOf(session: ReadSession): Promise<Clock> {
  try {
    return await readClock(session);
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    throw new StepFailure('failed', error.message, session.host);
  }
}
