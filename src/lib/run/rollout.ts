import type { Plan, Stage } from '../plan/plan.js';
import { giveUp } from './give-up.js';
import { type End, INTERRUPTED } from './run-options.js';
import { StageRunner, type StageTools } from './stage.js';

/** Some of the places of a rollout, and each stage with the lanes of these places only. */
interface Batch {
  readonly hosts: readonly string[];
  readonly stages: readonly Stage[];
}

/** How a rollout ended. `wanted`: how many places there are. `arrived`: the hosts that passed all of its stages. */
export interface RolloutEnd {
  readonly wanted: number;
  readonly arrived: ReadonlySet<string>;
  /** How the operation ends, if it must end here. */
  readonly end: End | undefined;
}

/** Runs the stages of the kind `each`, and the stages with a lane per batch, batch by batch. */
export async function runRollout(
  plan: Plan,
  stages: readonly Stage[],
  tools: StageTools,
): Promise<RolloutEnd> {
  const batches = batchesOf(plan, stages);
  const wanted = batches.reduce((sum, { hosts }) => sum + hosts.length, 0);
  const arrived = new Set<string>();
  let stopped = '';
  for (const [index, batch] of batches.entries()) {
    const number = { batch: index + 1, batches: batches.length };
    if (batches.length > 1)
      await tools.journal.record({ type: 'batch-started', ...number, hosts: batch.hosts });
    const before = arrived.size;
    const window = plan.rollout?.windows?.[index] ?? tools.window;
    const end = await runBatch(plan, batch, arrived, { ...tools, idle: new Set(), window });
    if (end) return { wanted, arrived, end };
    if (tools.options.stop.aborted && index + 1 < batches.length)
      return { wanted, arrived, end: INTERRUPTED };
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
  return { wanted, arrived, end: endOf(arrived.size, wanted, stopped) };
}

function endOf(arrived: number, wanted: number, stopped: string): End | undefined {
  if (arrived >= wanted) return undefined;
  const score = scoreOf(arrived, wanted);
  return { state: 'failed', message: stopped === '' ? score : `stopped: ${stopped}; ${score}` };
}

export function scoreOf(arrived: number, wanted: number): string {
  return `${arrived} of ${wanted} hosts done`;
}

/** Adds the hosts that passed all stages to `arrived`. @returns how the operation ends, if it must end here */
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
    // A stop that came when no step was left to begin has no effect.
    if (tools.options.stop.aborted && !over) return INTERRUPTED;
    const shut = stage.pass === 'all' ? ends.find((end) => end.state !== 'done') : undefined;
    if (shut) return await giveUp(plan, stage, shut, arrived, tools);
    if (stage.pass === 'each') {
      through = ends.filter((end) => end.state === 'done').map((end) => end.lane);
      if (through.length === 0) break;
    }
  }
  for (const host of through) arrived.add(host);
  return undefined;
}

function batchesOf({ rollout: { batches } = {} }: Plan, stages: readonly Stage[]): readonly Batch[] {
  const all = stages.find(({ pass }) => pass === 'each')?.lanes ?? [];
  let from = 0;
  return (batches ?? [all.length]).map((size, index) => {
    const start = from;
    from += size;
    return {
      hosts: all.slice(start, from).map((lane) => lane.name),
      stages: stages.map((stage) => ({ ...stage, lanes: lanesOf(stage, index, start, from) })),
    };
  });
}

function lanesOf({ pass, perBatch, lanes }: Stage, batch: number, start: number, end: number) {
  if (perBatch) return lanes.slice(batch, batch + 1);
  return pass === 'all' ? lanes : lanes.slice(start, end);
}
