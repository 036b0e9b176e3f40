import type { Plan, Stage } from '../plan/plan.js';
import type { LaneEnd } from './lane.js';
import type { End } from './run-options.js';
import { Semaphore } from './semaphore.js';
import type { StageTools } from './stage.js';

/**
 * A stage that every lane must pass was not passed. If it is known to be wrong, what was begun is taken back, but for the hosts
 * of earlier batches, which serve; where there are none, the hosts return to the pool. If it could not be judged, everything
 * stays as it is, for a resume; and so it does where the operation has a way back of its own.
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

/** Names of lanes of which a step was begun that can be taken back. */
function lanesToUndo({ stages }: Plan, { history }: StageTools): readonly string[] {
  const lanes = stages.flatMap((stage) => [...stage.lanes, ...stage.standby]);
  const undoable = lanes.filter(({ steps }) => steps.some(({ undo }) => undo !== undefined));
  return [...new Set(undoable.map(({ name }) => name))].filter((name) => history.wasBegun(name));
}
