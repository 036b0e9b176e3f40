import { StepFailure } from '../run/step-handler.js';
import type { SlowLink } from './judge.js';

/** Why a host cannot be in a chain, as half a sentence. This is no fault: the host gets the archive through this machine. */
export class NoMember extends Error {}

/** The template's files are no longer what the plan says. The template is at fault, no other host. */
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

/** No host can put the archive in place; all of `hosts` give the same reason. */
export function fitsNowhere(template: string, hosts: readonly string[], words: string): StepFailure {
  return new StepFailure(
    'failed',
    `the archive of template host ${template} can be put in place nowhere: on ${hosts.join(' and ')} ${words}`,
    template,
  );
}

export function tooSlow({ rate, others }: SlowLink): StepFailure {
  const speed = (bytesPerMs: number) => `${((bytesPerMs * 1000) / 1e6).toFixed(2)} MB/s`;
  const than = others > 0 ? `where others receive ${speed(others)}` : 'of what the template gives it';
  return new StepFailure('failed', `it receives ${speed(rate)} ${than}`);
}
