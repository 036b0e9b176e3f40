import { sentenceOf } from '../errors.js';
import { excerpt } from '../masking/masked.js';
import type { Lane, Plan } from '../plan/plan.js';
import { StepFailure } from '../run/step-handler.js';
import type { Secrets } from '../secret.js';
import { HostError } from '../ssh/connect-error.js';
import type { Connections } from '../ssh/transport.js';
import { readUnmetNeeds } from './host-facts.js';

/** A chosen spare that would be set aside, and why. */
export interface UnfitSpare {
  readonly host: string;
  readonly reason: string;
}

const LONGEST_REASON = 600;

/** What a run would find when it connects to the chosen spares; for dry runs. Reads only. */
export async function checkSpares(
  plan: Plan,
  connections: Connections,
  secrets: Secrets,
): Promise<readonly UnfitSpare[]> {
  const lanes = plan.stages[0]?.lanes ?? [];
  const reasons = await Promise.all(lanes.map((lane) => checkSpare(plan, lane, connections)));
  return lanes.flatMap((lane, index) => {
    const reason = excerpt(secrets.mask(reasons[index] ?? ''), LONGEST_REASON);
    return reason === '' ? [] : [{ host: lane.host, reason }];
  });
}

/** Why a spare would be set aside; empty when it would not. */
async function checkSpare(plan: Plan, lane: Lane, connections: Connections): Promise<string> {
  const host = plan.hosts.find((candidate) => candidate.name === lane.host);
  const connect = lane.steps.map((step) => step.action).find((action) => action.kind === 'connect');
  if (!host || connect?.kind !== 'connect') return '';
  try {
    return (await readUnmetNeeds(await connections.session(host), connect.need)).join('; ');
  } catch (error) {
    if (!(error instanceof HostError || error instanceof StepFailure)) throw error;
    return sentenceOf(error);
  }
}
