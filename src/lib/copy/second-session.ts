import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadSession } from '../ssh/transport.js';
import { NoMember } from './faults.js';

/** How long sshd may take to clear away a session that has just ended, and to answer at all. */
const PATIENCE_MS = 5000;
const AGAIN_MS = 250;
const REFUSALS = 5;

/**
 * Checks that a host opens a second session beside the session of its member, which stays open while the chain works.
 * MaxSessions of sshd_config(5) may forbid that.
 * @throws {NoMember} if the host opens none; what the connection throws
 */
export async function requireSecondSession(session: ReadSession, signal?: AbortSignal): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const either = signal === undefined ? patience : AbortSignal.any([patience, signal]);
  try {
    for (let refusals = 0; refusals < REFUSALS; refusals += 1) {
      if (await session.opensAnother(either)) return;
      await sleep(AGAIN_MS, undefined, { signal: either });
    }
  } catch (error) {
    if (!patience.aborted || signal?.aborted) throw error;
  }
  throw new NoMember(`the sshd of ${session.host} opens one session at a time (MaxSessions)`);
}
