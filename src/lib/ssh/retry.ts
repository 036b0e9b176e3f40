import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from './connect-error.js';

export interface RetryPolicy {
  readonly tries: number;
  /** No new try starts later than this many milliseconds after the first. */
  readonly withinMs: number;
  readonly signal?: AbortSignal;
  readonly random?: () => number;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const FIRST_WAIT_MS = 200;

/**
 * Repeats `connect` when the host hung up before the SSH handshake: that is how sshd sheds load (sshd_config(5),
 * MaxStartups). Waits double and vary by half, so that hosts dropped together do not come back together. Nothing else is
 * repeated: a second try after a failed authentication may lock an account.
 */
export async function retryDropped<T>(connect: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  const random = policy.random ?? Math.random;
  const wait = policy.wait ?? waitFor;
  const startedAt = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await connect();
    } catch (error) {
      if (!(error instanceof ConnectError) || error.failure !== 'dropped') throw error;
      const waitMs = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random());
      const late = performance.now() - startedAt + waitMs > policy.withinMs;
      if (attempt >= policy.tries || late) throw error;
      await wait(waitMs, policy.signal);
    }
  }
}

async function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
