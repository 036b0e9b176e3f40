import { sentenceOf } from '../errors.js';
import { isConnect } from '../host/actions.js';
import { expectSameClock } from '../host/same-clock.js';
import { lookAtSpare, readReplaced } from '../host/spare-look.js';
import { excerpt } from '../masking/masked.js';
import type { Secrets } from '../masking/secret.js';
import { placesOf } from '../plan/places.js';
import type { Lane, Plan } from '../plan/plan.js';
import { StepFailure } from '../run/step-handler.js';
import { HostError } from '../ssh/connect-error.js';
import type { ReadConnections } from '../ssh/transport.js';

/** What is known of a chosen spare host before any change. */
export interface SpareNote {
  readonly host: string;
  readonly reason: string;
}

export interface SpareNotes {
  /** Spare hosts that would be set aside, and why. */
  readonly unfit: readonly SpareNote[];
  /** Other hosts at which the expansion would fail, such as the template, and why. No spare is to blame for that. */
  readonly faults: readonly SpareNote[];
  /** Spare hosts on which files would be deleted or overwritten, and which files. */
  readonly replaced: readonly SpareNote[];
  /** Hosts of the standby that would take the places of those set aside, as far as they are known. */
  readonly standIns: readonly string[];
  /** How many places nobody would take. */
  readonly open: number;
}

const LONGEST_REASON = 600;

/**
 * What a run would find on the chosen spare hosts when it connects, and on those of the standby that would take the place of one
 * that is unfit. Reads only.
 */
export async function checkSpares(
  plan: Plan,
  connections: ReadConnections,
  secrets: Secrets,
): Promise<SpareNotes> {
  const { lanes = [], standby = [] } = placesOf(plan) ?? {};
  const look = (some: readonly Lane[]) =>
    Promise.all(some.map(async (lane) => ({ lane, ...(await checkSpare(plan, lane, connections)) })));
  const looks = await look(lanes);
  let open = looks.filter(isUnfit).length;
  const standIns: SpareCheck[] = [];
  // As a run does, it goes on with the standby in order; twice as many at a time, as the fault may be that of all.
  for (let from = 0, size = open; open > 0 && from < standby.length; from += size, size *= 2) {
    const more = await look(standby.slice(from, from + size));
    const fit = more.filter((each) => !isUnfit(each)).slice(0, open);
    const last = more.indexOf(fit.at(-1) as SpareCheck);
    // Who is behind the last one that is needed would not be asked.
    looks.push(...(fit.length === open ? more.slice(0, last + 1) : more));
    standIns.push(...fit);
    open -= fit.length;
  }
  const noted = (key: 'unfit' | 'faults' | 'replaced') =>
    looks.flatMap(({ [key]: notes = [] }) =>
      notes.map(({ host, reason }) => ({ host, reason: excerpt(secrets.mask(reason), LONGEST_REASON) })),
    );
  // Each spare finds the same of a template: one sentence is enough.
  const faults = noted('faults').filter(
    ({ host }, index, all) => all.findIndex((each) => each.host === host) === index,
  );
  const names = standIns.map(({ lane }) => lane.name);
  return { unfit: noted('unfit'), faults, replaced: noted('replaced'), standIns: names, open };
}

/** What was seen of a spare. */
type SpareFindings = Partial<Pick<SpareNotes, 'unfit' | 'faults' | 'replaced'>>;
type SpareCheck = SpareFindings & { readonly lane: Lane };

function isUnfit({ unfit = [] }: SpareFindings): boolean {
  return unfit.length > 0;
}

async function checkSpare(plan: Plan, lane: Lane, connections: ReadConnections): Promise<SpareFindings> {
  const hostOf = (name: string) => plan.hosts.find((candidate) => candidate.name === name);
  const host = hostOf(lane.name);
  const connect = lane.steps.map((step) => step.action).find(isConnect);
  if (!host || !connect) return {};
  const { need } = connect;
  try {
    const session = await connections.session(host);
    const { unmet, clock } = await lookAtSpare(session, need);
    if (unmet.length > 0) return { unfit: noteOf(lane.name, unmet) };
    const template = need.clock && hostOf(need.clock.of);
    if (need.clock && clock && template)
      await expectSameClock(need.clock, clock, await connections.session(template));
    return { replaced: noteOf(lane.name, await readReplaced(session, need)) };
  } catch (error) {
    if (!(error instanceof HostError || error instanceof StepFailure)) throw error;
    const culprit = error instanceof HostError ? error.host : (error.culprit ?? lane.name);
    const reason = sentenceOf(error);
    if (culprit === lane.name) return { unfit: noteOf(lane.name, [reason]) };
    return { faults: noteOf(culprit, [`as ${lane.name} is checked: ${reason}`]) };
  }
}

function noteOf(host: string, sentences: readonly string[]): SpareNote[] {
  return sentences.length === 0 ? [] : [{ host, reason: sentences.join('; ') }];
}
