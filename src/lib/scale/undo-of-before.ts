import type { OperationRecord } from '../ledger/ledger.js';
import type { AnyAction, Plan } from '../plan/plan.js';
import { isRemove, type RemoveAction } from './actions.js';
import { traceIn } from './traces.js';

/**
 * The plan of an older undo that is to be resumed. Older plans name only paths, because they removed whatever was there.
 * Today only what was brought is removed, so that list is taken from the expansion. Without it nothing would be removed,
 * because older versions recorded nothing on hosts.
 */
export function withTraces(undo: Plan, expansion: Pick<OperationRecord, 'plan' | 'events'>): Plan {
  const stages = undo.stages.map((stage) => ({
    ...stage,
    lanes: stage.lanes.map((lane) => ({
      ...lane,
      steps: lane.steps.map((step) => ({ ...step, action: traced(step.action, lane.name, expansion) })),
    })),
  }));
  return { ...undo, stages };
}

function traced(
  action: AnyAction,
  host: string,
  expansion: Pick<OperationRecord, 'plan' | 'events'>,
): AnyAction {
  if (!isRemove(action) || action.files !== undefined) return action;
  const { exclude, files, unrecorded } = traceIn(expansion, host);
  const removal: RemoveAction = { ...action, exclude, files, ...(unrecorded ? { unrecorded } : {}) };
  return removal;
}
