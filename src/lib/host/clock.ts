import { FailedError } from '../errors.js';
import type { ReadSession } from '../ssh/transport.js';

export interface Clock {
  /** How long a command without work takes, in milliseconds. */
  readonly answerMs: number;
  /** The host's clock minus ours, in milliseconds; accurate to doubtMs. */
  readonly offsetMs: number;
}

/**
 * A host read its clock at some moment of the round trip, a busy host late in it. So the doubt is half of it either way, in
 * milliseconds.
 */
export function doubtMs({ answerMs }: Clock): number {
  return answerMs / 2;
}

const TIMEOUT_MS = 10_000;

/** Compares a host's clock with ours. */
export async function readClock(session: ReadSession): Promise<Clock> {
  const date = { words: ['date', '+%s%N'], effect: 'read', timeoutMs: TIMEOUT_MS } as const;
  const { answer, clockBy } = await visit(() => session.run(date));
  const clock = clockBy(answer.stdout.trimEnd());
  if (clock === undefined) throw new FailedError(`${session.host}: date does not tell nanoseconds`);
  return clock;
}

/** What a host answered on a visit, and what the time in the answer says about its clock. */
export interface Visit<T> {
  readonly answer: T;
  /**
   * Assumes that the host read its clock half-way through the round trip.
   * @param said what `date +%s%N` printed; undefined if that is no time, as on a host whose date does not know %N
   */
  clockBy(said: string): Clock | undefined;
}

export async function visit<T>(ask: () => Promise<T>): Promise<Visit<T>> {
  const sentMs = Date.now();
  const startedAt = performance.now();
  const answer = await ask();
  const answerMs = performance.now() - startedAt;
  const clockBy = (said: string) =>
    /^\d{16,20}$/.test(said)
      ? { answerMs, offsetMs: Number(said) / 1e6 - (sentMs + answerMs / 2) }
      : undefined;
  return { answer, clockBy };
}
