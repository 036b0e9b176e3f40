import type { Plan, Stage } from '../plan/plan.js';
import { budgetsInForce } from '../record/budgets-in-force.js';
import type { OperationState } from '../record/events.js';
import { History } from '../record/history.js';
import { FailureCount } from './failure-count.js';
import { Journal } from './journal.js';
import { type LaneEnd, LaneRunner } from './lane.js';
import type { RunOptions } from './run-options.js';
import { Semaphore } from './semaphore.js';
import { StageRunner, type StageTools } from './stage.js';

interface End {
  readonly state: Exclude<OperationState, 'running'>;
  readonly message: string;
}

const INTERRUPTED: End = { state: 'interrupted', message: 'interrupted' };

/** Some of the plan's places, and every stage with the lanes of these alone. */
interface Batch {
  readonly hosts: readonly string[];
  readonly stages: readonly Stage[];
}

/**
 * Executes a plan: batch by batch, in each stage by stage, the lanes of a stage side by side, every event on disk
 * before the next step of its host. Goes on from `past` where there is one. Closes the operation in the ledger and
 * tells how it ended.
 *
 * @throws what the ledger throws: without a record nothing may go on
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<End> {
  const history = new History(options.past);
  const journal = new Journal(options.operation, options.ledger, history, options.listeners);
  const lanes = new LaneRunner(plan, history, journal, options);
  const { budgets = budgetsInForce(plan, options.past) } = options;
  const failures = new FailureCount(budgets, options.past);
  const resumed = options.past.length > 0;
  await journal.record({
    type: 'operation-started',
    operator: options.operator,
    resumed,
    ...(options.budgets && { budgets: options.budgets }),
  });
  const tools = {
    lanes,
    history,
    journal,
    options,
    failures,
    out: new Set<string>(),
    idle: new Set<string>(),
    pooled: plan.claims.length > 0 || plan.takesOver !== undefined,
    window: Number.POSITIVE_INFINITY,
  };
  const end = await runBatches(plan, tools);
  await journal.record({ type: 'operation-finished', ...end });
  await options.ledger.finish(options.operation, end.state, end.message);
  return end;
}

async function runBatches(plan: Plan, tools: StageTools): Promise<End> {
  const wanted = plan.stages[0]?.lanes.length ?? 0;
  const batches = batchesOf(plan);
  const arrived = new Set<string>();
  let stopped = '';
  for (const [index, batch] of batches.entries()) {
    const number = { batch: index + 1, batches: batches.length };
    if (batches.length > 1)
      await tools.journal.record({ type: 'batch-started', ...number, hosts: batch.hosts });
    const before = arrived.size;
    const window = plan.windows?.[index] ?? tools.window;
    const end = await runBatch(plan, batch, arrived, { ...tools, idle: new Set(), window });
    if (end) return end;
    if (tools.options.stop.aborted && index + 1 < batches.length) return INTERRUPTED;
    stopped = tools.failures.exhausted();
    if (
      stopped === '' &&
      arrived.size === before &&
      batches.length > 1 &&
      !tools.failures.allKnown(batch.hosts)
    )
      stopped = `no host of batch ${number.batch} of ${number.batches} came through`;
    if (stopped !== '') break;
  }
  const score = `${arrived.size} of ${wanted} hosts done`;
  if (arrived.size >= wanted) return { state: 'done', message: score };
  return { state: 'failed', message: stopped === '' ? score : `stopped: ${stopped}; ${score}` };
}

/** Adds the hosts that came through all stages to `arrived`. @returns how the operation ends, where it must */
async function runBatch(
  plan: Plan,
  batch: Batch,
  arrived: Set<string>,
  tools: StageTools,
): Promise<End | undefined> {
  let through: readonly string[] = [];
  for (const stage of batch.stages) {
    const ends = await new StageRunner(stage, tools).run();
    const over = stage === batch.stages.at(-1) && ends.every((end) => end.state === 'done');
    // A stop that came when nothing was left to begin has stopped nothing.
    if (tools.options.stop.aborted && !over) return INTERRUPTED;
    const shut = stage.gate ? ends.find((end) => end.state !== 'done') : undefined;
    if (shut) return await giveUp(plan, stage, shut, arrived, tools);
    if (!stage.gate) through = ends.filter((end) => end.state === 'done').map((end) => end.host);
    if (through.length === 0) break;
  }
  for (const host of through) arrived.add(host);
  return undefined;
}

function batchesOf({ batches, stages }: Plan): readonly Batch[] {
  const all = stages[0]?.lanes ?? [];
  let from = 0;
  return (batches ?? [all.length]).map((size, index) => {
    const start = from;
    from += size;
    return {
      hosts: all.slice(start, from).map((lane) => lane.host),
      stages: stages.map((stage) => ({
        ...stage,
        lanes: stage.gate ? stage.lanes.slice(index, index + 1) : stage.lanes.slice(start, from),
      })),
    };
  });
}

/**
 * A gate stayed shut. If it is known to be wrong, what was begun is taken back, but for the hosts of earlier batches,
 * which serve; where there are none, the hosts return to the pool. If it could not be judged, everything stays as it
 * is, for a resume.
 */
async function giveUp(
  plan: Plan,
  gate: Stage,
  end: LaneEnd,
  arrived: ReadonlySet<string>,
  tools: StageTools,
): Promise<End> {
  const why = `${gate.title}: ${end.message}`;
  if (end.failure === 'unreachable') return { state: 'failed', message: why };
  const hosts = new Set(
    plan.stages.flatMap((stage) => [...stage.lanes, ...stage.standby]).map((lane) => lane.host),
  );
  const begun = [...hosts].filter((host) => !arrived.has(host));
  const limit = new Semaphore(tools.options.forks);
  const undone = await Promise.all(begun.map((host) => limit.run(() => tools.lanes.undo(host))));
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
