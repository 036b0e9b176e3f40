import { CommandRefusedError } from '../ssh/connect-error.js';
import type { Session } from '../ssh/transport.js';
import { NoMember } from './faults.js';

/** A command that must wait for another to end is in vain after so long. */
const PATIENCE_MS = 5000;

/**
 * Holds that a host opens a second session beside the one of its member, which stays open while the chain is at work;
 * MaxSessions of sshd_config(5) may forbid that.
 * @throws {NoMember} when it opens none; what the connection throws
 */
export async function requireSecondSession(session: Session, signal?: AbortSignal): Promise<void> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const signals = signal === undefined ? [patience.signal] : [patience.signal, signal];
  try {
    await session.run(
      { words: ['true'], effect: 'read', timeoutMs: 2 * PATIENCE_MS },
      { signal: AbortSignal.any(signals) },
    );
  } catch (error) {
    if (!patience.signal.aborted && !(error instanceof CommandRefusedError)) throw error;
    throw new NoMember(`the sshd of ${session.host} opens one session at a time (MaxSessions)`);
  } finally {
    clearTimeout(timer);
  }
}
