import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from '../record/findings.js';
import { type LookContext, StepFailure } from '../run/step-handler.js';

/** What one look has shown. */
export interface Seen {
  /** Undefined: it is as it shall be. */
  readonly fault: string | undefined;
  readonly evidence?: readonly Evidence[];
  /** It does not become better by waiting. */
  readonly isFinal?: boolean;
}

const PAUSE_MS = 50;

/** Looks again and again until all is as it shall be. @throws StepFailure with what is not, once the time is over */
export async function until(
  look: () => Promise<Seen>,
  withinMs: number,
  { signal, waitsFor }: Pick<LookContext, 'signal' | 'waitsFor'>,
  culprit?: string,
): Promise<readonly Evidence[]> {
  const deadline = performance.now() + withinMs;
  let told: string | undefined;
  for (;;) {
    const { fault, evidence = [], isFinal } = await look();
    if (fault === undefined) return evidence;
    if (isFinal === true || performance.now() > deadline)
      throw new StepFailure('failed', fault, culprit, undefined, evidence);
    if (fault !== told) waitsFor(fault);
    told = fault;
    await sleep(PAUSE_MS, undefined, { signal });
  }
}
