import { formatDuration } from '../../duration.js';
import type { OperationFigures, Statistics, StepFigures, Times } from '../../record/statistics.js';
import { breakSentences } from '../frame/break-sentences.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { zoneOf } from '../frame/local-time.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { renderTable } from '../frame/table.js';

export interface StatsViewOptions {
  readonly now: Date;
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

const MOST_REASONS = 15;
const MOST_HOURS = 5;

/** `kuafu ops stats --json`; schemas/ops-stats.schema.json. */
export function statisticsDocument(
  { operations, steps, reasons, hours }: Statistics,
  span: { readonly since?: string; readonly until?: string },
  now: Date,
): object {
  return {
    kind: 'kuafu.ops-stats',
    version: 1,
    since: span.since ?? null,
    until: span.until ?? null,
    operations,
    steps,
    reasons,
    hours: { zone: zoneOf(now), counts: hours },
  };
}

/**
 * Operations, their steps, why they failed, and the busiest hours. Application and kind have lines of their own, so that all
 * figures fit 80 columns, whatever the length of the names.
 */
export function renderStatistics(statistics: Statistics, options: StatsViewOptions): string {
  const { operations, steps, reasons, hours } = statistics;
  const states = statesOf(operations);
  const stateHeads = states.map(([, head]) => head);
  const parts = [
    groupedTable(
      ['ROOM', 'COUNT', 'DONE', ...stateHeads, ...TIME_HEAD],
      operations.map((each) => ({ group: `${each.kind} ${each.app}`, row: operationRow(each, states) })),
      options,
    ),
    groupedTable(
      ['STEP', 'COUNT', 'DONE', 'FAIL', 'LOST', ...TIME_HEAD],
      steps.map((each) => ({ group: `${each.kind} ${each.app} ${each.room}`, row: stepRow(each) })),
      options,
    ),
    reasons.length === 0
      ? ''
      : table(['COUNT', 'OPERATIONS', 'STEP', 'FAILURE REASON'], reasonRows(statistics), options),
    breakSentences(renderHours(hours, options.now), options.width ?? Number.POSITIVE_INFINITY),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const TIME_HEAD = ['SUCCESS', 'MEDIAN', 'P90', 'P99'];

const STATES = [
  ['failed', 'FAIL'],
  ['interrupted', 'STOP'],
  ['undone', 'UNDO'],
  ['running', 'RUN'],
] as const;

type ShownStates = readonly (typeof STATES)[number][];

/** A column of zeroes tells nothing. */
function statesOf(operations: readonly OperationFigures[]): ShownStates {
  return STATES.filter(([state]) => operations.some((figures) => figures[state] > 0));
}

function operationRow(figures: OperationFigures, states: ShownStates): string[] {
  const counts = [figures.count, figures.done, ...states.map(([state]) => figures[state])];
  return [figures.room, ...counts.map(String), ...timeCells(figures)];
}

function stepRow(figures: StepFigures): string[] {
  const { step, count, done, failed, unknown } = figures;
  return [step, ...[count, done, failed, unknown].map(String), ...timeCells(figures)];
}

function timeCells({ successRate, medianMs, p90Ms, p99Ms }: Times & { readonly successRate: number | null }) {
  return [percent(successRate), ...[medianMs, p90Ms, p99Ms].map((ms) => formatDuration(ms ?? Number.NaN))];
}

/** Never rounded up to 100.0%: one failure in a thousand must be visible. */
function percent(rate: number | null): string {
  return rate === null ? '-' : `${(Math.floor(rate * 1000) / 10).toFixed(1)}%`;
}

function reasonRows({ reasons }: Statistics): string[][] {
  const rows = reasons
    .slice(0, MOST_REASONS)
    .map(({ count, operations, kind, step, reason }) => [
      String(count),
      String(operations),
      `${kind} ${step}`,
      reason,
    ]);
  const more = reasons.length - rows.length;
  return more > 0 ? [...rows, ['', '', '', `and ${more} more: --json has them all`]] : rows;
}

/** `busiest hours (+08:00): 02:00 412 (8%), 03:00 400 (8%)`. */
function renderHours(hours: readonly number[], now: Date): string {
  const total = hours.reduce((sum, count) => sum + count, 0);
  const busiest = hours
    .map((count, hour) => ({ count, hour }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.hour - b.hour)
    .slice(0, MOST_HOURS)
    .map(
      ({ count, hour }) =>
        `${String(hour).padStart(2, '0')}:00 ${count} (${Math.round((100 * count) / total)}%)`,
    );
  return busiest.length === 0 ? '' : `busiest hours (${zoneOf(now)}): ${busiest.join(', ')}`;
}

/** The indent of rows below the name of their group. */
const INDENT = 2;

/** A table with each row below the name of its group. */
function groupedTable(
  head: readonly string[],
  rows: readonly { readonly group: string; readonly row: readonly string[] }[],
  options: StatsViewOptions,
): string {
  const { width = Number.POSITIVE_INFINITY } = options;
  const [headLine, ...lines] = table(
    head,
    rows.map(({ row }) => row),
    { ...options, width: width - INDENT },
  ).split('\n');
  // Too narrow: each row becomes a record that includes the name of its group.
  if (lines.length !== rows.length)
    return table(
      ['WHAT', ...head],
      rows.map(({ group, row }) => [group, ...row]),
      options,
    );
  const below = lines.flatMap((line, index) => {
    const group = rows[index]?.group;
    return group === rows[index - 1]?.group ? [`  ${line}`] : [sanitizeLine(group ?? ''), `  ${line}`];
  });
  return [`  ${headLine}`, ...below].join('\n');
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: StatsViewOptions,
): string {
  const paint = options.paint ?? plain;
  return renderTable(head, rows, {
    paintHead: (text) => paint.dim(text),
    width: options.width ?? Number.POSITIVE_INFINITY,
  });
}
