import { RefusedError } from '../errors.js';
import { laneOn } from './lane.js';
import type { AnyAction, Plan, Rollout, Stage, Step } from './plan.js';

/** The version of the plans that are made now. */
const VERSION = 2;

/** A plan as the first release stored it. */
interface PlanVersion1
  extends Pick<Plan, 'title' | 'locks' | 'claims' | 'takesOver' | 'hosts' | 'risks'>,
    Rollout {
  readonly version: 1;
  readonly operation: Plan['kind'];
  /** Several names are separated by commas. */
  readonly app: string;
  readonly group: string;
  readonly room: string;
  readonly stages: readonly StageVersion1[];
}

interface StageVersion1 extends Pick<Stage, 'id' | 'title'> {
  readonly lanes: readonly LaneVersion1[];
  readonly standby: readonly LaneVersion1[];
  readonly gate: boolean;
  readonly whole?: boolean;
}

interface LaneVersion1 {
  readonly host: string;
  readonly steps: readonly Step[];
}

/** The kinds of actions of version 1, and what they are called now. */
const KINDS_OF_VERSION_1: ReadonlyMap<string, string> = new Map([
  ['claim', 'pool.claim'],
  ['connect', 'host.connect'],
  ['copy', 'copy.tree'],
  ['drain', 'traffic.drain'],
  ['env', 'env.write'],
  ['env-rollback', 'env.rollback'],
  ['health', 'unit.health'],
  ['leave', 'traffic.leave'],
  ['member', 'pool.member'],
  ['rejoin', 'traffic.rejoin'],
  ['release', 'pool.release'],
  ['remove', 'scale.remove'],
  ['script', 'host.script'],
  ['service', 'unit.state'],
  ['start', 'unit.start'],
  ['stop', 'unit.stop'],
  ['traffic', 'traffic.member'],
  ['unmoved', 'copy.check'],
]);

/** Whether this kuafu can read the plan, whatever its version. */
export function isReadable(stored: unknown): boolean {
  const { version } = stored as { version?: unknown };
  return version === 1 || version === VERSION;
}

/**
 * Converts a stored plan, of this version or the one before, to this version.
 * @param operation its id, for the refusal
 * @throws RefusedError for a plan of a newer kuafu: this version cannot know its meaning
 */
export function readPlan(stored: unknown, operation: string): Plan {
  const plan = stored as Plan | PlanVersion1;
  if (plan.version === VERSION) return plan;
  if (plan.version === 1) return fromVersion1(plan);
  throw new RefusedError(
    `the plan of operation ${operation} was made by a newer kuafu (plan version ${String((stored as { version?: unknown }).version)}, and this one knows ${VERSION}): nothing is done by it`,
    `use the kuafu that made it; to give the operation up: kuafu ops close ${operation}, with that one`,
  );
}

function fromVersion1(plan: PlanVersion1): Plan {
  const { operation, app, group, room, stages, batches, windows, budgets, ...same } = plan;
  const rollout = { ...(batches && { batches }), ...(windows && { windows }), ...(budgets && { budgets }) };
  return {
    ...same,
    version: VERSION,
    kind: operation,
    scope: { apps: namesIn(app), groups: namesIn(group), rooms: namesIn(room) },
    stages: stages.map(stageFrom),
    ...(Object.keys(rollout).length > 0 && { rollout }),
  };
}

/** In version 1, a gate had one lane for each batch. */
function stageFrom({ id, title, lanes, standby, gate, whole = false }: StageVersion1): Stage {
  const lanesFrom = (all: readonly LaneVersion1[]) =>
    all.map(({ host, steps }) => laneOn<AnyAction>(host, steps.map(stepFrom)));
  return {
    id,
    title,
    ...(gate ? ({ pass: 'all', perBatch: true } as const) : ({ pass: 'each' } as const)),
    ...(whole && { mustFinish: true }),
    lanes: lanesFrom(lanes),
    standby: lanesFrom(standby),
  };
}

function stepFrom({ action, undo, ...same }: Step): Step {
  return { ...same, action: actionFrom(action), ...(undo && { undo: actionFrom(undo) }) };
}

function actionFrom(action: AnyAction): AnyAction {
  return { ...action, kind: KINDS_OF_VERSION_1.get(action.kind) ?? action.kind };
}

function namesIn(list: string): string[] {
  return list.split(',').filter((name) => name !== '');
}
