import type { Plan, Stage } from '../plan/plan.js';
import type { LaneEnd } from './lane.js';
import type { End } from './run-options.js';
import { Semaphore } from './semaphore.js';
import type { StageTools } from './stage.js';

/**
 * Ends an operation when a lane of a stage that every lane must pass did not pass. If the failure is certain, the steps that were
 * begun are undone, except on the hosts of earlier batches, which serve traffic. If no host serves, the hosts return to the pool.
 * If the outcome is unknown, everything stays as it is, for a resume. The same holds if the operation has a way back of its own.
 */
export async function giveUp(
  plan: Plan,
  stage: Stage,
  end: LaneEnd,
  arrived: ReadonlySet<string>,
  tools: StageTools,
): Promise<End> {
  const why = `${stage.title}: ${end.message}`;
  if (end.failure === 'unreachable' || plan.wayBack !== undefined) return { state: 'failed', message: why };
  const begun = lanesToUndo(plan, tools).filter((lane) => !arrived.has(lane));
  if (begun.length === 0 && arrived.size === 0) return { state: 'failed', message: why };
  const limit = new Semaphore(tools.options.forks);
  const undone = await Promise.all(begun.map((lane) => limit.run(() => tools.lanes.undo(lane))));
  if (!undone.every(Boolean))
    return { state: 'failed', message: `${why}; not every service could be stopped` };
  if (arrived.size > 0)
    return {
      state: 'failed',
      message: `${why}; services of this batch were stopped; the ${arrived.size} hosts of earlier batches stay`,
    };
  await tools.options.ledger.release(tools.options.operation);
  return { state: 'undone', message: `${why}; services were stopped, the hosts are free again` };
}

/** Names of the lanes that were begun and have a step with an undo. */
function lanesToUndo({ stages }: Plan, { history }: StageTools): readonly string[] {
  const lanes = stages.flatMap((stage) => [...stage.lanes, ...stage.standby]);
  const undoable = lanes.filter(({ steps }) => steps.some(({ undo }) => undo !== undefined));
  return [...new Set(undoable.map(({ name }) => name))].filter((name) => history.wasBegun(name));
}
