import { isCopy } from '../copy/actions.js';
import { isEnv } from '../env/actions.js';
import { isConnect } from '../host/actions.js';
import { type BalancerServer, serversOf } from '../layers/http/balancer-servers.js';
import type { OperationRecord } from '../ledger/ledger.js';
import type { Step } from '../plan/plan.js';
import type { ReleaseAction } from '../pool/actions.js';
import { History, type StepState } from '../record/history.js';
import { isTraffic } from '../traffic/actions.js';
import { isService, type ServiceAction } from '../unit/actions.js';
import type { RemoveAction, Unrecorded } from './actions.js';

/** What an expansion has begun on a host. */
export interface Trace {
  readonly host: string;
  readonly servers: readonly BalancerServer[];
  readonly unit: string | undefined;
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** The environment files among `paths`. */
  readonly files: readonly string[];
  /** Absent if the host has a record of what was brought. */
  readonly unrecorded?: Unrecorded;
}

type PastStep = Step & { readonly past: StepState };

/** What the record of an expansion says about one of its hosts. */
export function traceIn({ plan, events }: Pick<OperationRecord, 'plan' | 'events'>, host: string): Trace {
  const history = new History(events);
  const steps = plan.stages.flatMap((stage) =>
    [...stage.lanes, ...stage.standby]
      .filter((lane) => lane.name === host)
      .flatMap((lane) => lane.steps.map((step) => ({ ...step, stage: stage.id }))),
  );
  const begun = steps
    .map((step) => ({ ...step, past: history.state({ ...step, lane: host, step: step.id }) }))
    .filter(({ past }) => past.attempts > 0);
  return traceOf(host, steps, begun);
}

/** Once anything was put on the host, the unit may be there, and may have been started by hand. */
function traceOf(host: string, steps: readonly Step[], begun: readonly PastStep[]): Trace {
  const done = begun.map(({ action }) => action);
  const trees = done.filter(isCopy).map(({ tree }) => tree);
  const files = done.filter(isEnv).map(({ path }) => path);
  const paths = [...trees.flatMap((tree) => tree.paths), ...files];
  const traffic = done.find(isTraffic);
  const service = steps.map(({ action }) => action).find(isService);
  return {
    host,
    paths,
    exclude: trees.flatMap(({ exclude }) => exclude),
    files,
    servers: traffic ? serversOf(traffic) : [],
    unit: paths.length > 0 ? service?.unit : undefined,
    ...unrecordedOf(steps, begun),
  };
}

/** A plan that does not say what must not be at the app's paths comes from a version that recorded nothing on hosts. */
function unrecordedOf(steps: readonly Step[], begun: readonly PastStep[]): Pick<Trace, 'unrecorded'> {
  const connect = steps.map(({ action }) => action).find(isConnect);
  if (connect === undefined || connect.need.place !== undefined) return {};
  let found: Unrecorded = {};
  for (const { action, past } of begun) {
    // The first attempt found it there already: the expansion did not bring it.
    if (past.attempts === 1 && past.result?.status === 'done' && !past.result.changed) continue;
    if (isCopy(action)) found = { ...found, tree: action.tree };
    else if (isEnv(action)) found = { ...found, env: { path: action.path, values: action.values } };
  }
  return { unrecorded: found };
}

export type ClearActions = ServiceAction | RemoveAction | ReleaseAction;

/** The steps that remove what an expansion brought, and return the host. `tells`: what was removed is reported too. */
export function clearSteps(
  { unit, paths, exclude, files, unrecorded }: Trace,
  room: string,
  tells = false,
): readonly Step<ClearActions>[] {
  const steps: Step<ClearActions>[] = [];
  if (unit !== undefined)
    steps.push({ id: 'stop', title: 'stop', action: { kind: 'unit.state', unit, wanted: 'stopped' } });
  if (paths.length > 0)
    steps.push({
      id: 'remove',
      title: 'remove',
      action: {
        kind: 'scale.remove',
        paths,
        exclude,
        files,
        ...(unrecorded ? { unrecorded } : {}),
        ...(tells ? { tells } : {}),
      },
    });
  return [...steps, { id: 'return', title: 'return', action: { kind: 'pool.release', room } }];
}
