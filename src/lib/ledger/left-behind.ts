import type { OperationKind, Plan } from '../plan/plan.js';
import type { RunEvent } from '../record/events.js';
import { History } from '../record/history.js';

/**
 * Operations that remove what an expansion has installed. A resume clears its hosts, even if another operation has them by then.
 */
export const CLEARING: readonly string[] = ['undo', 'shrink', 'clean'] satisfies readonly OperationKind[];

/**
 * Hosts with a step that was begun and still has to be undone (a service that runs, a place in traffic). They must not return to
 * the pool without notice. Files alone do no harm: the next operation writes them anew.
 */
export function hostsLeftBehind(plan: Plan, events: readonly RunEvent[]): ReadonlySet<string> {
  // For an operation that clears hosts: every host that it has not returned yet may still serve.
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
