import type { DeviceState } from '../../guard/generation.js';
import { StepFailure } from '../../run/step-handler.js';
import { claimedWords } from '../guarded-device.js';
import type { SetChange } from './records.js';

/** An error of an authority, as a failure of the step and not of another host. */
export function fault(authority: string, what: string): StepFailure {
  return new StepFailure('failed', `authority ${authority} ${what}`, authority);
}

/** Nothing was changed: somebody else has been there since the plan was made. */
export class ChangeRefused extends StepFailure {
  /** `superseded`: another operation has the authority now. `stale`: the records are not what they were. */
  readonly reason: 'superseded' | 'stale';

  constructor(authority: string, reason: ChangeRefused['reason'], what: string) {
    super('failed', `authority ${authority} ${what}`, authority);
    this.reason = reason;
  }
}

export function superseded(authority: string, state: DeviceState): ChangeRefused {
  return new ChangeRefused(authority, 'superseded', claimedWords(state));
}

export function stale(authority: string, { name, type }: SetChange): ChangeRefused {
  return new ChangeRefused(
    authority,
    'stale',
    `changes nothing: somebody else has changed ${type} of ${name} since the plan was made`,
  );
}
