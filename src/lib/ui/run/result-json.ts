import { isCopy } from '../../copy/actions.js';
import { placesOf } from '../../plan/places.js';
import type { Plan } from '../../plan/plan.js';
import { scopeWords } from '../../plan/scope.js';
import { mergedSteps } from '../../plan/step-order.js';
import type { Evidence } from '../../record/findings.js';
import type { OperationResult } from '../../record/result.js';

/** What a command that runs an operation prints with --json; schemas/operation.schema.json. */
export function resultDocument(id: string, plan: Plan, exitCode: number, result: OperationResult): object {
  return { kind: 'kuafu.operation', version: 1, id, title: plan.title, exitCode, ...result };
}

interface HostNote {
  readonly host: string;
  readonly reason: string;
}

const NONE = { unfit: [], faults: [], replaced: [] };

/** What a dry run prints with --json; schemas/plan.schema.json. */
export function planDocument(
  plan: Plan,
  checksum: string,
  notes: { readonly [Key in keyof typeof NONE]: readonly HostNote[] } = NONE,
  evidence: readonly Evidence[] = [],
): object {
  const stages = plan.stages.map((stage) => ({
    stage: stage.id,
    hosts: [...new Set(stage.lanes.map((lane) => lane.name))],
    standby: stage.standby.map((lane) => lane.name),
    steps: mergedSteps(stage, ({ id }) => id).map(({ id }) => id),
  }));
  const copy = plan.stages
    .flatMap((stage) => stage.lanes[0]?.steps ?? [])
    .map(({ action }) => action)
    .find(isCopy);
  return {
    kind: 'kuafu.plan',
    version: 1,
    checksum,
    title: plan.title,
    ...scopeWords(plan.scope),
    stages,
    batches: plan.rollout?.batches ?? [placesOf(plan)?.lanes.length ?? 0],
    windows: plan.rollout?.windows ?? null,
    budgets: plan.rollout?.budgets ?? null,
    copyBytes: copy?.tree.bytes ?? null,
    risks: plan.risks,
    evidence: evidence.map(({ what, seen, wanted, ok }) => ({ what, seen, wanted, ok })),
    unfit: notes.unfit,
    faults: notes.faults,
    replaced: notes.replaced,
  };
}
