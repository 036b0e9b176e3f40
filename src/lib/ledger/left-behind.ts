import type { OperationKind, Plan } from '../plan/plan.js';
import type { RunEvent } from '../record/events.js';
import { History } from '../record/history.js';

/** Operations that take away what an expansion has brought. A resume of one clears its hosts, whoever has them by then. */
export const CLEARING: readonly string[] = ['undo', 'shrink', 'clean'] satisfies readonly OperationKind[];

/**
 * Hosts on which a step was begun that has to be taken back (a service that runs, a place in traffic) and was not.
 * They must not return to the pool unseen; files alone do no harm, the next operation writes them anew.
 */
export function hostsLeftBehind(plan: Plan, events: readonly RunEvent[]): ReadonlySet<string> {
  // Of those that clear hosts what is not returned yet may serve.
  if (CLEARING.includes(plan.kind))
    return new Set(plan.stages.flatMap((stage) => stage.lanes).map((lane) => lane.name));
  const history = new History(events);
  const hosts = new Set<string>();
  for (const stage of plan.stages)
    for (const { name: lane, host, steps } of [...stage.lanes, ...stage.standby])
      for (const step of steps) {
        if (step.undo === undefined) continue;
        const { status } = history.state({ stage: stage.id, lane, step: step.id });
        if (status !== 'not-started' && status !== 'skipped' && host !== null) hosts.add(host);
      }
  return hosts;
}
