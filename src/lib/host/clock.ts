import { FailedError } from '../errors.js';
import type { ReadSession } from '../ssh/transport.js';

export interface Clock {
  /** How long a command takes that does nothing, in milliseconds. */
  readonly answerMs: number;
  /** The host's clock less ours, in milliseconds; true to doubtMs. */
  readonly offsetMs: number;
}

/** A host said its time somewhere in the round trip, and a busy one late in it: half of it either way, in milliseconds. */
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

/** What is heard on a visit to a host, and what the time that it says on the way tells of its clock. */
export interface Visit<T> {
  readonly answer: T;
  /**
   * As if it had been said half-way through the round trip.
   * @param said what `date +%s%N` printed; undefined where it is no such time, as on a host whose date knows no %N
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
