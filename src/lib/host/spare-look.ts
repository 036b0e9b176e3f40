import { readObstacles, readReplaceable } from '../copy/obstacles.js';
import type { ReadSession } from '../ssh/transport.js';
import type { HostNeed } from './actions.js';
import type { Clock } from './clock.js';
import { whyNotAskable } from './health-check.js';
import { readHostFacts, unmetNeeds } from './host-facts.js';

/** How a host compares with a need. */
export interface SpareLook {
  /** Why it cannot take the app, a sentence each; empty when it can. */
  readonly unmet: readonly string[];
  /** Set if the need asks for it, and all other needs are met. */
  readonly clock?: Clock;
}

/** Reads a host's facts and compares them with a need. */
export async function lookAtSpare(
  session: ReadSession,
  need: HostNeed,
  signal?: AbortSignal,
): Promise<SpareLook> {
  const wanted = {
    paths: need.diskFree.map(({ path }) => path),
    tools: need.tools,
    units: [need.idleUnit],
    clock: need.clock !== undefined,
  };
  const { answer: facts, clockBy } = await readHostFacts(session, wanted, signal);
  const unmet = unmetNeeds(need, facts);
  // A host that lacks a tool cannot be asked what is there; on a host that is no spare it does not matter.
  if (unmet.length === 0) unmet.push(...(await whyUnfit(session, need, signal)));
  if (unmet.length > 0 || need.clock === undefined) return { unmet };
  const clock = clockBy(facts.clock);
  return clock === undefined ? { unmet: ['its date does not tell nanoseconds'] } : { unmet, clock };
}

async function whyUnfit(
  session: ReadSession,
  need: HostNeed,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const found = need.place === undefined ? [] : await readObstacles(session, need.place, signal);
  const unaskable = need.health === undefined ? '' : await whyNotAskable(session, need.health);
  return unaskable === '' ? found : [...found, unaskable];
}

/** What `--replace` would remove on a host, a sentence each. */
export async function readReplaced(session: ReadSession, { place }: HostNeed): Promise<string[]> {
  return place?.replace === true ? await readReplaceable(session, place) : [];
}
