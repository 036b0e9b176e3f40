import type { OperationSummary } from '../../ledger/ledger.js';
import type { Statistics } from '../../record/statistics.js';
import { renderCsv } from '../frame/csv.js';

/** `kuafu ops list --csv` */
export function operationListCsv(operations: readonly OperationSummary[]): string {
  const head =
    'id,kind,app,group,room,state,operator,launched,resumed,machine,started_at,finished_at,elapsed_ms,title,message';
  return renderCsv(
    head.split(','),
    operations.map((operation) => {
      const { id, kind, app, group, room, state, crashed, owner, resumed } = operation;
      return [
        ...[id, kind, app, group, room, crashed ? 'crashed' : state],
        ...[owner.operator, owner.launched, resumed ? 'yes' : 'no', owner.machine],
        ...[operation.startedAt, operation.finishedAt, operation.workedMs],
        ...[operation.title, operation.message],
      ];
    }),
  );
}

/** `kuafu ops stats --csv`: a row with an empty step for each operation, then one for each of its steps. */
export function statisticsCsv({ operations, steps }: Statistics): string {
  const head =
    'kind,app,room,step,count,done,failed,interrupted,undone,running,unknown,skipped,success_rate,median_ms,p90_ms,p99_ms';
  const rows = operations.map((figures) => [
    ...[figures.kind, figures.app, figures.room, '', figures.count, figures.done, figures.failed],
    ...[figures.interrupted, figures.undone, figures.running, null, null],
    ...[figures.successRate, figures.medianMs, figures.p90Ms, figures.p99Ms],
  ]);
  const stepRows = steps.map((figures) => [
    ...[figures.kind, figures.app, figures.room, figures.step, figures.count, figures.done, figures.failed],
    ...[null, null, null, figures.unknown, figures.skipped],
    ...[figures.successRate, figures.medianMs, figures.p90Ms, figures.p99Ms],
  ]);
  return renderCsv(head.split(','), [...rows, ...stepRows]);
}
