import type { Plan, Stage, WayBack } from '../plan/plan.js';
import { giveUp } from './give-up.js';
import { runRollout, scoreOf } from './rollout.js';
import { type End, INTERRUPTED } from './run-options.js';
import { StageRunner, type StageTools } from './stage.js';
import type { Turn } from './turn.js';

const NOBODY: ReadonlySet<string> = new Set();
const NEVER = new AbortController().signal;

/** Runs every stage in order. @returns how the way forward ended; `done` when all stages passed */
export async function runForth(plan: Plan, tools: StageTools): Promise<End> {
  const { before, rollout, after } = partsOf(plan.stages);
  const early = await runStages(plan, before, tools);
  if (early) return early;
  const { wanted, arrived, end } =
    rollout.length === 0
      ? { wanted: 0, arrived: NOBODY, end: undefined }
      : await rolledOut(plan, rollout, tools);
  if (end) return end;
  const late = await runStages(plan, after, tools);
  if (late) return late;
  const count = plan.stages.length;
  return {
    state: 'done',
    message: rollout.length > 0 ? scoreOf(arrived.size, wanted) : `${count} of ${count} stages passed`,
  };
}

/** Runs the way back in its own order, up to the first stage that does not pass: a resume goes on there. */
export async function runBack({ stages }: WayBack, turn: Turn, tools: StageTools): Promise<End> {
  const { why = 'failed', reason = '' } = turn.turned ?? {};
  const back = { ...tools, lanes: tools.lanes.withoutStop(), options: { ...tools.options, stop: NEVER } };
  for (const stage of stages) {
    tools.keepers.stageBegins(stage.id);
    const ends = await new StageRunner({ ...stage, pass: 'all' }, back).run();
    const bad = ends.find(({ state }) => state !== 'done');
    if (bad?.state === 'interrupted') return INTERRUPTED;
    if (bad)
      return {
        state: 'failed',
        message: `${turnWords(why, reason)}the way back stopped at ${stage.title}: ${bad.message}`,
      };
    tools.keepers.stageEnded(stage.id);
  }
  return why === 'passed'
    ? { state: 'done', message: 'every stage passed, and the way back' }
    : { state: 'undone', message: `${turnWords(why, reason)}the way back is done` };
}

function turnWords(why: string, reason: string): string {
  return why === 'passed' ? '' : `turned (${reason}); `;
}

/** The stages before the first rollout stage, the stages from the first to the last one, and the stages after them. */
function partsOf(stages: readonly Stage[]) {
  const isRollout = ({ pass, perBatch }: Stage) => pass === 'each' || perBatch === true;
  const first = stages.findIndex(isRollout);
  if (first === -1) return { before: stages, rollout: [], after: [] };
  const end = stages.findLastIndex(isRollout) + 1;
  return { before: stages.slice(0, first), rollout: stages.slice(first, end), after: stages.slice(end) };
}

async function rolledOut(plan: Plan, stages: readonly Stage[], tools: StageTools) {
  for (const { id } of stages) tools.keepers.stageBegins(id);
  const ended = await runRollout(plan, stages, tools);
  if (!ended.end) for (const { id } of stages) tools.keepers.stageEnded(id);
  return ended;
}

/** Runs stages that every lane must pass. @returns how the operation ends, if it must end here */
async function runStages(plan: Plan, stages: readonly Stage[], tools: StageTools): Promise<End | undefined> {
  for (const stage of stages) {
    if (tools.options.stop.aborted) return INTERRUPTED;
    tools.keepers.stageBegins(stage.id);
    const ends = await new StageRunner(stage, tools).run();
    const shut = ends.find(({ state }) => state !== 'done');
    if (shut?.state === 'interrupted') return INTERRUPTED;
    if (shut) return await giveUp(plan, stage, shut, NOBODY, tools);
    tools.keepers.stageEnded(stage.id);
  }
  return undefined;
}
