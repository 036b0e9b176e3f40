import type { Plan } from '../plan/plan.js';
import type { RunEvent } from './events.js';
import { foldReason } from './failure-reason.js';
import { workedMs } from './result.js';

/** What statistics need of one operation: everything that its events say about steps, without the hosts. */
export interface Tally {
  /** The time in which a process ran the operation, in milliseconds. */
  readonly elapsedMs: number;
  readonly steps: readonly StepTally[];
}

/** The attempts at one step, on all hosts; undo steps are not counted. */
export interface StepTally {
  /** Its title in the plan. */
  readonly step: string;
  /** How long each successful attempt took, in milliseconds. */
  readonly doneMs: readonly number[];
  readonly failed: number;
  /** Attempts that lost the connection or timed out. */
  readonly unknown: number;
  readonly skipped: number;
  /** Why attempts failed or had an unknown end, and how many for each reason. */
  readonly reasons: readonly (readonly [reason: string, count: number])[];
}

export function tallyOf(plan: Pick<Plan, 'stages' | 'hosts'>, events: readonly RunEvent[]): Tally {
  const titles = titlesOf(plan);
  const hosts = new Map(
    plan.hosts.flatMap(({ name, ssh }) => [[name, 'HOST'] as const, [ssh.address, 'HOST']]),
  );
  const steps = new Map<string, Counts>();
  for (const event of events) {
    if (event.type !== 'step-finished' || event.undo) continue;
    const step = titles.get(`${event.stage}/${event.step}`) ?? event.step;
    const counts: Counts = steps.get(step) ?? {
      doneMs: [],
      failed: 0,
      unknown: 0,
      skipped: 0,
      reasons: new Map(),
    };
    steps.set(step, counts);
    const { result } = event;
    if (result.status === 'done') counts.doneMs.push(result.elapsedMs);
    else counts[result.status] += 1;
    if (result.status !== 'failed' && result.status !== 'unknown') continue;
    const reason = foldReason(result.message, hosts);
    counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + 1);
  }
  return {
    elapsedMs: workedMs(events),
    steps: [...steps].map(([step, counts]) => ({ step, ...counts, reasons: [...counts.reasons] })),
  };
}

interface Counts extends Record<'failed' | 'unknown' | 'skipped', number> {
  readonly doneMs: number[];
  readonly reasons: Map<string, number>;
}

function titlesOf(plan: Pick<Plan, 'stages'>): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const stage of plan.stages)
    for (const lane of [...stage.lanes, ...stage.standby])
      for (const { id, title } of lane.steps) titles.set(`${stage.id}/${id}`, title);
  return titles;
}
