import { RefusedError } from '../errors.js';
import { type Kinds, kindOf } from './kinds.js';
import type { Plan } from './plan.js';

/**
 * A stored plan may be of a later version of kuafu, with kinds of steps that this version does not know and cannot do.
 * @throws RefusedError naming these kinds, before the plan is run or another plan is made from it
 */
export function requireKnownKinds(
  { id, plan }: { readonly id: string; readonly plan: Pick<Plan, 'stages' | 'wayBack' | 'keepers'> },
  kinds: Kinds,
): void {
  const stages = [...plan.stages, ...(plan.wayBack?.stages ?? [])];
  const lanes = stages.flatMap((stage) => [...stage.lanes, ...stage.standby]);
  const ofSteps = lanes.flatMap(({ steps }) => steps.flatMap(({ action, undo }) => [action, undo ?? action]));
  const actions = [...ofSteps, ...(plan.keepers ?? []).map(({ action }) => action)];
  const unknown = actions.filter((action) => kindOf(kinds, action) === undefined).map(({ kind }) => kind);
  if (unknown.length === 0) return;
  throw new RefusedError(
    `the plan of operation ${id} has steps that this version of kuafu does not know (${[...new Set(unknown)].join(', ')}); nothing is done by it`,
    `use the version that made it; or give the operation up: kuafu ops close ${id}`,
  );
}
