import type { OperationRecord, OperationSummary } from '../ledger/ledger.js';
import type { Plan, StepRef } from '../plan/plan.js';
import { History } from '../record/history.js';
import type { Operations } from '../restart/left-behind.js';
import { isEnv, isEnvRollback } from './actions.js';

export interface EnvChange {
  readonly by: Pick<OperationSummary, 'id' | 'title'>;
  readonly hosts: readonly string[];
}

/**
 * The later change to the environment of hosts of this operation, if the operation changes the environment too: a resume
 * would take that change back. A change with an unknown outcome counts. Undefined if there is none.
 */
export async function envChangedSince(
  { id, app, startedAt, plan }: OperationRecord,
  operations: Operations,
): Promise<EnvChange | undefined> {
  const hosts = [...new Set(envSteps(plan).map(({ lane }) => lane))];
  if (hosts.length === 0) return undefined;
  for (const later of await operations.list({ app, hosts, since: startedAt })) {
    if (later.id === id) continue;
    const changed = await changedBy(later.id, operations);
    const both = hosts.filter((host) => changed.has(host));
    if (both.length > 0) return { by: later, hosts: both };
  }
  return undefined;
}

/** The file of these hosts came there by a rollback. */
export interface RolledBack {
  readonly by: string;
  readonly hosts: readonly string[];
}

/** How many operations are looked through, from the newest. */
const LOOK_BACK = 20;

/** Of these hosts, those whose environment was last changed by a rollback, by that operation. */
export async function rolledBack(
  hosts: readonly string[],
  app: string,
  operations: Operations,
): Promise<readonly RolledBack[]> {
  const left = new Set(hosts);
  const found: RolledBack[] = [];
  if (left.size === 0) return found;
  for (const { id, kind } of await operations.list({ app, hosts, limit: LOOK_BACK })) {
    if (!changesEnv(kind)) continue;
    const changed = await changedBy(id, operations);
    const those = [...left].filter((host) => changed.has(host));
    for (const host of those) left.delete(host);
    if (kind === 'env-rollback' && those.length > 0) found.push({ by: id, hosts: those });
    if (left.size === 0) break;
  }
  return found;
}

function changesEnv(kind: string): boolean {
  return kind === 'env-push' || kind === 'env-rollback';
}

async function changedBy(id: string, operations: Operations): Promise<ReadonlySet<string>> {
  const { plan, events } = await operations.show(id);
  const history = new History(events);
  const begun = envSteps(plan).filter((step) =>
    ['done', 'unknown', 'open'].includes(history.state(step).status),
  );
  return new Set(begun.map(({ lane }) => lane));
}

/** The steps that change the environment of existing hosts; a new host's environment is its own. */
function envSteps({ kind, stages }: Plan): readonly StepRef[] {
  if (!changesEnv(kind)) return [];
  return stages.flatMap(({ id, lanes }) =>
    lanes.flatMap(({ name: lane, steps }) =>
      steps
        .filter(({ action }) => isEnv(action) || isEnvRollback(action))
        .map((step) => ({ stage: id, lane, step: step.id })),
    ),
  );
}
