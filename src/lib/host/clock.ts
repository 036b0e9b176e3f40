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

/** Compares a host's clock with ours, as if it had said its time half-way through the round trip. */
export async function readClock(session: ReadSession): Promise<Clock> {
  const date = { words: ['date', '+%s%N'], effect: 'read', timeoutMs: TIMEOUT_MS } as const;
  const sentMs = Date.now();
  const startedAt = performance.now();
  const { stdout } = await session.run(date);
  const clock = clockSaid(stdout.trimEnd(), sentMs, performance.now() - startedAt);
  if (clock === undefined) throw new FailedError(`${session.host}: date does not tell nanoseconds`);
  return clock;
}

/** @param said what `date +%s%N` printed; undefined where it is no such time, as on a host whose date knows no %N */
export function clockSaid(said: string, sentMs: number, answerMs: number): Clock | undefined {
  if (!/^\d{16,20}$/.test(said)) return undefined;
  return { answerMs, offsetMs: Number(said) / 1e6 - (sentMs + answerMs / 2) };
}
