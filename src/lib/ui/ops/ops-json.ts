import { KINDS } from '../../actions.js';
import type { GivenUp, OperationRecord, OperationSummary } from '../../ledger/ledger.js';
import { budgetsInForce } from '../../record/budgets-in-force.js';
import type { RunEvent } from '../../record/events.js';
import { openQuestion } from '../../record/questions.js';
import { stepMatrix } from '../../record/step-matrix.js';

/** `kuafu ops list --json`; schemas/ops-list.schema.json. */
export function operationListDocument(operations: readonly OperationSummary[], truncated: boolean): object {
  return {
    kind: 'kuafu.ops-list',
    version: 1,
    operations: operations.map((operation) => summaryOf(operation)),
    truncated,
  };
}

/** `kuafu ops show --json`; schemas/ops-show.schema.json. */
export function operationDocument(record: OperationRecord): object {
  const live = record.state === 'running' && !record.crashed;
  const { columns, rows } = stepMatrix(record.plan, record.events, KINDS, live);
  const hosts = rows.map(({ host, setAside, cells }) => ({
    host,
    setAside: setAside ?? null,
    steps: cells.flatMap((cell, index) => {
      const column = columns[index];
      return cell === undefined || column === undefined ? [] : [{ ...column, ...cell }];
    }),
  }));
  return {
    kind: 'kuafu.ops-show',
    version: 1,
    operation: {
      ...summaryOf(record),
      checksum: record.checksum,
      budgets: budgetsInForce(record.plan, record.events) ?? null,
      question: questionOf(record.events),
    },
    hosts,
  };
}

/** `kuafu ops show --json --events`, one a line; schemas/ops-event.schema.json. */
export function eventDocuments({ id, events }: OperationRecord): readonly object[] {
  return events.map((event) => ({ kind: 'kuafu.ops-event', version: 1, operation: id, ...wordsOf(event) }));
}

/** `kuafu ops stop --json`, `ops answer --json`; schemas/ops-signal.schema.json. */
export function signalDocument(operation: OperationSummary, word: string, dryRun: boolean): object {
  return { kind: 'kuafu.ops-signal', version: 1, dryRun, operation: summaryOf(operation), word };
}

/** The question for which an operation waits, with the lane of its step. */
function questionOf(events: readonly RunEvent[]): object | null {
  const open = openQuestion(events);
  if (open === undefined) return null;
  const { stage, lane, step } = open.at;
  return { stage, lane, step, question: open.question, words: open.words };
}

/** A step is named by the host of its lane; lane and host have the same name. */
function wordsOf(event: RunEvent): object {
  if (!('lane' in event)) return event;
  const { lane, ...rest } = event;
  return { ...rest, host: lane };
}

/** `kuafu ops close --json`; schemas/ops-close.schema.json. */
export function closedDocument({ operation, freed, unfit }: GivenUp, dryRun: boolean): object {
  return { kind: 'kuafu.ops-close', version: 1, dryRun, operation: summaryOf(operation), freed, unfit };
}

function summaryOf(operation: OperationSummary): object {
  const { operator, launched, machine, pid } = operation.owner;
  return {
    id: operation.id,
    kind: operation.kind,
    title: operation.title,
    app: operation.app,
    group: operation.group,
    room: operation.room,
    state: operation.state,
    crashed: operation.crashed,
    undoneBy: operation.undoneBy,
    resumable: operation.resumable,
    resumed: operation.resumed,
    owner: { operator, launched, machine, pid },
    startedAt: operation.startedAt,
    finishedAt: operation.finishedAt,
    elapsedMs: operation.workedMs,
    message: operation.message,
  };
}
