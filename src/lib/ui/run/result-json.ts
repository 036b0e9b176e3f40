import type { Plan } from '../../plan/plan.js';
import { mergedSteps } from '../../plan/step-order.js';
import type { OperationResult } from '../../record/result.js';

/** What a command that runs an operation prints with --json; schemas/operation.schema.json. */
export function resultDocument(id: string, plan: Plan, exitCode: number, result: OperationResult): object {
  return { kind: 'kuafu.operation', version: 1, id, title: plan.title, exitCode, ...result };
}

interface HostNote {
  readonly host: string;
  readonly reason: string;
}

const NONE = { unfit: [], replaced: [] };

/** What a dry run prints with --json; schemas/plan.schema.json. */
export function planDocument(
  plan: Plan,
  checksum: string,
  { unfit, replaced }: { readonly unfit: readonly HostNote[]; readonly replaced: readonly HostNote[] } = NONE,
): object {
  const stages = plan.stages.map((stage) => ({
    stage: stage.id,
    hosts: [...new Set(stage.lanes.map((lane) => lane.host))],
    standby: stage.standby.map((lane) => lane.host),
    steps: mergedSteps(stage, ({ id }) => id).map(({ id }) => id),
  }));
  const copy = plan.stages
    .flatMap((stage) => stage.lanes[0]?.steps ?? [])
    .find((step) => step.action.kind === 'copy');
  return {
    kind: 'kuafu.plan',
    version: 1,
    checksum,
    title: plan.title,
    app: plan.app,
    group: plan.group,
    room: plan.room,
    stages,
    batches: plan.batches ?? [plan.stages[0]?.lanes.length ?? 0],
    windows: plan.windows ?? null,
    budgets: plan.budgets ?? null,
    copyBytes: copy?.action.kind === 'copy' ? copy.action.tree.bytes : null,
    risks: plan.risks,
    unfit,
    replaced,
  };
}
