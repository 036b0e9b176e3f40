import type { Plan, Stage } from '../plan/plan.js';
import type { OperationState } from './events.js';
import { History } from './history.js';
import { Journal } from './journal.js';
import { type LaneEnd, LaneRunner } from './lane.js';
import type { RunOptions } from './run-options.js';
import { Semaphore } from './semaphore.js';
import { StageRunner, type StageTools } from './stage.js';

interface End {
  readonly state: Exclude<OperationState, 'running'>;
  readonly message: string;
}

/**
 * Executes a plan: stage by stage, the lanes of a stage side by side, every event on disk before the next step of
 * its host. Goes on from `past` where there is one. Closes the operation in the ledger and tells how it ended.
 *
 * @throws what the ledger throws: without a record nothing may go on
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<End> {
  const history = new History(options.past);
  const journal = new Journal(options.operation, options.ledger, history, options.listeners);
  const lanes = new LaneRunner(plan, history, journal, options);
  const resumed = options.past.length > 0;
  await journal.record({ type: 'operation-started', operator: options.operator, resumed });
  const end = await runStages(plan, { lanes, history, journal, options, out: new Set() });
  await journal.record({ type: 'operation-finished', ...end });
  await options.ledger.finish(options.operation, end.state, end.message);
  return end;
}

async function runStages(plan: Plan, tools: StageTools): Promise<End> {
  const wanted = plan.stages[0]?.lanes.length ?? 0;
  let arrived = 0;
  for (const stage of plan.stages) {
    const ends = await new StageRunner(stage, tools).run();
    if (tools.options.stop.aborted) return { state: 'interrupted', message: 'interrupted' };
    const shut = stage.gate ? ends.find((end) => end.state !== 'done') : undefined;
    if (shut) return await giveUp(plan, stage, shut, tools);
    if (!stage.gate) arrived = ends.filter((end) => end.state === 'done').length;
    if (arrived === 0) break;
  }
  return { state: arrived >= wanted ? 'done' : 'failed', message: `${arrived} of ${wanted} hosts done` };
}

/**
 * A gate stayed shut. If it is known to be wrong, what was begun is taken back and the hosts return to the pool;
 * if it could not be judged, everything stays as it is, for a resume.
 */
async function giveUp(plan: Plan, gate: Stage, end: LaneEnd, tools: StageTools): Promise<End> {
  const why = `${gate.title}: ${end.message}`;
  if (end.state === 'unknown' || end.unreachable) return { state: 'failed', message: why };
  const hosts = new Set(
    plan.stages.flatMap((stage) => [...stage.lanes, ...stage.standby]).map((lane) => lane.host),
  );
  const limit = new Semaphore(tools.options.forks);
  const undone = await Promise.all([...hosts].map((host) => limit.run(() => tools.lanes.undo(host))));
  if (!undone.every(Boolean))
    return { state: 'failed', message: `${why}; not every service could be stopped` };
  await tools.options.ledger.release(tools.options.operation);
  return { state: 'undone', message: `${why}; services were stopped, the hosts are free again` };
}
