import { StepFailure } from '../run/step-handler.js';
import type { SlowLink } from './links.js';

/** What the template gives is no longer what the plan says: nobody's fault but the template's. */
export function movedTemplate(host: string): StepFailure {
  return new StepFailure(
    'failed',
    `the files of template host ${host} changed since the plan was made`,
    host,
  );
}

export function notPacked(host: string, words: string): StepFailure {
  return new StepFailure('failed', `packing on ${host} failed: ${words}`, host);
}

export function tooSlow({ rate, others }: SlowLink): StepFailure {
  const speed = (bytesPerMs: number) => `${((bytesPerMs * 1000) / 1e6).toFixed(2)} MB/s`;
  return new StepFailure('failed', `it receives ${speed(rate)} where others receive ${speed(others)}`);
}
