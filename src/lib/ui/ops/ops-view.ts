import { KINDS } from '../../actions.js';
import { formatDuration } from '../../duration.js';
import type { GivenUp, OperationRecord, OperationSummary, Owner } from '../../ledger/ledger.js';
import { fold } from '../../names/nodeset.js';
import { budgetsInForce } from '../../record/budgets-in-force.js';
import { evidenceWords } from '../../record/findings.js';
import { openQuestion } from '../../record/questions.js';
import { summarize } from '../../record/result.js';
import { type CellState, type StepMatrix, stepMatrix } from '../../record/step-matrix.js';
import { quoteWord } from '../../shell/quote.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { withCommand } from '../frame/command-line.js';
import { wrapLine } from '../frame/fit.js';
import { foldMessages, withoutHost } from '../frame/fold-messages.js';
import { localMinute, localTime, zoneOf } from '../frame/local-time.js';
import { shown } from '../frame/shown.js';
import { suggested } from '../frame/suggested.js';
import { renderTable } from '../frame/table.js';
import { hang } from '../frame/wrap-words.js';
import { adviceFor } from '../run/advice.js';
import { renderEvents } from '../run/event-log-view.js';
import { budgetWords } from '../run/plan-bounds.js';
import { renderSummary } from '../run/result-view.js';
import { stateWords } from '../run/state-words.js';
import { renderLegend, renderStepTable } from '../run/step-table.js';
import { renderWhereabouts } from '../run/whereabouts.js';

export interface OpsViewOptions {
  readonly now: Date;
  /** Columns to stay within; no limit by default. */
  readonly width?: number;
  readonly paint?: ChalkInstance;
  /** Whether `ops show` ends with every event. */
  readonly events?: boolean;
}

/** One line an operation, in the given order. */
export function renderOperationList(
  operations: readonly OperationSummary[],
  options: OpsViewOptions,
): string {
  const paint = options.paint ?? plain;
  const rows = operations
    .map(shown)
    .map((operation) => [
      operation.id,
      { text: shownState(operation), paint: stateColour(operation, paint) },
      localMinute(operation.startedAt, options.now),
      formatDuration(operation.workedMs ?? Number.NaN),
      whoAndHow(operation),
      whatAndWhy(operation),
    ]);
  const head = ['ID', 'STATE', `STARTED ${zoneOf(options.now)}`, 'TIME', 'BY', 'WHAT'];
  return renderTable(head, rows, {
    paintHead: (text) => paint.dim(text),
    textBelow: true,
    spared: ['TIME', 'BY'],
    width: options.width ?? Number.POSITIVE_INFINITY,
  });
}

/** `wang`; with how it was launched only if cron or CI launched it. */
function whoAndHow({ owner, resumed }: OperationSummary): string {
  const how = owner.launched === 'cron' || owner.launched === 'ci' ? ` (${owner.launched})` : '';
  return `${owner.operator}${how}${resumed ? ', resumed' : ''}`;
}

/** An operation that is done or running needs no reason. */
function whatAndWhy(operation: OperationSummary): string {
  const { state, title, undoneBy } = operation;
  // A title may end with words such as "by 3 hosts from web-a-01".
  if (undoneBy !== null) return `${title}; undone by ${undoneBy}`;
  return `${title}${state === 'done' || state === 'running' ? '' : whyOf(operation)}`;
}

/** The message after the state. Some messages begin with the state: it is not repeated. */
function whyOf({ state, message, undoneBy }: OperationSummary): string {
  if (undoneBy !== null) return ` by ${undoneBy}`;
  const text = message;
  if (text === '' || text === state) return '';
  return text.startsWith(`${state} `) ? text.slice(state.length) : `: ${text}`;
}

/** Everything about one operation. */
export function renderOperation(stored: OperationRecord, options: OpsViewOptions): string {
  const record = shown(stored);
  const paint = options.paint ?? plain;
  const matrix = stepMatrix(record.plan, record.events, KINDS, isLive(record));
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const prose = (text: string) => wrapText(text, width);
  const parts = [
    renderHeader(record, options),
    prose(`${renderScore(record, options)}\n${renderStepScore(matrix)}`),
    `${renderStepTable(matrix, width, paint)}\n${prose(paint.dim(renderLegend(matrix)))}`,
    prose(renderTroubles(matrix, paint)),
    record.state === 'done' ? '' : renderWhereabouts(record.plan, record.events, width),
    options.events === true ? prose(renderEvents(record, paint)) : '',
    nextStep(record, width),
  ];
  return parts.filter((part) => part.trim() !== '').join('\n\n');
}

/** What `kuafu ops close` did, or would do. */
export function renderClosed(stored: GivenUp, dryRun: boolean): string {
  const { operation, freed, unfit } = shown(stored);
  const { id, title } = operation;
  const lines = [`operation ${id} (${title}) ${dryRun ? 'would be' : 'is'} closed; its locks are free`];
  if (freed.length > 0) lines.push(`back in the pool: ${fold(freed)}`);
  if (unfit.length > 0)
    lines.push(
      `unfit, as a service may run on them or they may be in traffic: ${fold(unfit)}`,
      `cleaned and given back by: ${suggested(`kuafu resource clean ${quoteWord(fold(unfit))}`)}`,
    );
  return lines.join('\n');
}

function isLive({ state, crashed }: OperationSummary): boolean {
  return state === 'running' && !crashed;
}

function wrapText(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text;
  return wrapLine(text, width);
}

function renderHeader(record: OperationRecord, options: OpsViewOptions): string {
  const paint = options.paint ?? plain;
  const state = stateColour(record, paint)(shownState(record));
  const end = record.finishedAt === null ? '' : ` to ${localTime(record.finishedAt)}`;
  const { workedMs } = record;
  // For a resumed operation the pauses are left out, so the time is less than from beginning to end.
  const budgets = budgetsInForce(record.plan, record.events);
  const took = workedMs === null ? '' : ` (${formatDuration(workedMs)}${record.resumed ? ' of work' : ''})`;
  const width = options.width ?? Number.POSITIVE_INFINITY;
  return [
    hang(`${paint.bold(record.id)}  `, record.title, width),
    hang('state     ', `${state}${whyOf(record)}`, width),
    hang('by        ', `${ownerWords(record.owner)}${record.resumed ? ', resumed' : ''}`, width),
    hang('time      ', `${localTime(record.startedAt)}${end}${took}`, width),
    ...toldLines(record.events).map((line) => hang('told      ', line, width)),
    ...(budgets === undefined ? [] : [hang('stops     ', budgetWords(budgets, record.plan), width)]),
    hang('checksum  ', record.checksum, width),
  ].join('\n');
}

/** Whoever told it something meanwhile, such as to stop: `stop by li at 2026-11-29 21:43:10 UTC`. */
function toldLines(events: OperationRecord['events']): string[] {
  return events.flatMap((event) =>
    event.type === 'heard' ? [`${event.word} by ${event.by} at ${localTime(event.at)}`] : [],
  );
}

function ownerWords({ operator, launched, machine, pid }: Owner): string {
  const from = { terminal: 'from a terminal', cron: 'from cron', ci: 'from CI', other: 'from a program' };
  return `${operator} on ${machine}, ${from[launched]}, pid ${pid}`;
}

function renderScore(record: OperationRecord, options: OpsViewOptions): string {
  const result = summarize(record.plan, record.events, KINDS, isLive(record));
  return renderSummary(
    { ...result, elapsedMs: record.workedMs ?? result.elapsedMs },
    { paint: options.paint ?? plain },
  );
}

/** `160 steps: 150 done, 8 unchanged, 2 failed`. */
function renderStepScore(matrix: StepMatrix): string {
  const counts = new Map<CellState, number>();
  for (const { cells } of matrix.rows)
    for (const cell of cells)
      if (cell !== undefined) counts.set(cell.state, (counts.get(cell.state) ?? 0) + 1);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const words = [...counts].map(([state, count]) => `${count} ${stateWords(state)}`);
  return `${total} steps: ${words.join(', ')}`;
}

/** The failures, equal messages once with all their hosts; then which host replaced which. */
function renderTroubles(matrix: StepMatrix, paint: ChalkInstance): string {
  const bad = matrix.rows.flatMap(({ host, cells }) =>
    cells.flatMap((cell, column) => {
      if (cell?.state !== 'failed' && cell?.state !== 'unknown') return [];
      const why = cell.message === '' ? '' : `: ${withoutHost(cell.message, host)}`;
      const seen = cell.evidence.filter(({ ok }) => !ok).map(evidenceWords);
      const looked = seen.length === 0 ? '' : ` (${seen.join('; ')})`;
      const fault =
        cell.culprit === null || cell.culprit === host ? '' : ` (at fault: ${nameOf(cell.culprit)})`;
      return [{ host, message: `${matrix.columns[column]?.step} ${cell.state}${why}${looked}${fault}` }];
    }),
  );
  const aside = matrix.rows.flatMap(({ host, setAside }) => {
    if (setAside === undefined) return [];
    const next =
      setAside.replacedBy === null ? 'no other took its place' : `${setAside.replacedBy} took its place`;
    return [`${host} set aside: ${withoutHost(setAside.reason, host)}; ${next}`];
  });
  return [...foldMessages(bad).map((line) => paint.red(line)), ...aside].join('\n');
}

/** The machine that kuafu runs on is written in parentheses in a list of hosts. */
function nameOf(culprit: string): string {
  return culprit.replace(/^\((.*)\)$/, '$1');
}

function nextStep(record: OperationRecord, width: number): string {
  const isOpen = record.resumable || record.state === 'running';
  const open = isOpen ? openQuestion(record.events) : undefined;
  if (open === undefined) return whatNext(record, width);
  return [
    hang('it asks:         ', open.question, width),
    withCommand('answer it:      ', `kuafu ops answer ${record.id} ${open.words.join('|')}`, width),
    whatNext(record, width),
  ].join('\n');
}

function whatNext({ id, plan, events, resumable, state, crashed }: OperationRecord, width: number): string {
  if (resumable) return adviceFor(id, plan, events, width);
  return state === 'running' && !crashed ? 'it is running now' : '';
}

function shownState({ state, crashed }: OperationSummary): string {
  return crashed ? 'crashed' : state;
}

function stateColour({ state, crashed }: OperationSummary, paint: ChalkInstance): (text: string) => string {
  if (state === 'closed') return paint.dim;
  if (crashed || state === 'interrupted' || state === 'undone') return paint.yellow;
  if (state === 'failed') return paint.red;
  return state === 'running' ? paint.cyan : paint.green;
}
