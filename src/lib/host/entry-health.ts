import { isDistrust, NotReached, requestStatusFromHere } from '../channel/request-status.js';
import type { HttpCheck } from '../config/config-types.js';
import { sentenceOf } from '../errors.js';
import { distrusted, type Health, judged, urlAt } from './health-check.js';

/**
 * The health of a room's entry at one of its addresses, asked from this machine, as users come from outside. Where nothing
 * answers, the way there may be at fault, so it is unknown; where a connection is refused or said nothing on, the entry is.
 * It is asked once more before it counts as anything but healthy.
 */
export async function askEntry(address: string, check: HttpCheck): Promise<Health> {
  const first = await askOnce(address, check);
  return first.state === 'healthy' ? first : await askOnce(address, check);
}

async function askOnce(address: string, check: HttpCheck): Promise<Health> {
  try {
    const status = await requestStatusFromHere(new URL(urlAt(check.http, address)), check);
    return judged(status, check.status ?? []);
  } catch (error) {
    const reason = sentenceOf(error);
    if (isDistrust(error)) return distrusted(reason);
    const isSilent = error instanceof NotReached && !error.isRefused;
    return { state: isSilent ? 'unknown' : 'sick', reason };
  }
}
