import { formatDuration } from '../../duration.js';
import type { HostResult, HostState, OperationResult } from '../../record/result.js';
import { breakSentences } from '../frame/break-sentences.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { foldMessages, withoutHost } from '../frame/fold-messages.js';
import { renderTable } from '../frame/table.js';
import { stateWords } from './state-words.js';

export interface ResultViewOptions {
  /** Columns of the table; see renderTable. */
  readonly width?: number;
  readonly paint?: ChalkInstance;
  /** What to call a finished host, such as `in traffic`; `done` by default. */
  readonly outcome?: string;
}

/** The end of an operation: a table of its hosts and a summary line. */
export function renderResult(result: OperationResult, options: ResultViewOptions = {}): string {
  const paint = options.paint ?? plain;
  const rows = result.hosts.map((host) => {
    const colour = stateColour(host.state, paint);
    const steps = `${host.stepsDone}/${host.stepsTotal}`;
    const state = { text: stateWords(host.state), paint: colour };
    return [host.host, host.address, host.room, steps, state, formatDuration(host.elapsedMs), host.message];
  });
  const head = ['HOST', 'ADDRESS', 'ROOM', 'STEPS', 'STATE', 'TIME', 'MESSAGE'];
  const table = renderTable(head, rows, {
    paintHead: (text) => paint.dim(text),
    textBelow: true,
    spared: ['ADDRESS', 'ROOM'],
    ...(options.width === undefined ? {} : { width: options.width }),
  });
  const summary = breakSentences(renderSummary(result, options), options.width ?? Number.POSITIVE_INFINITY);
  return `${table}\n\n${summary}`;
}

/** One line: `19 of 20 hosts in traffic, 1 set aside (new-b-07: disk full), 41.0s`. */
export function renderSummary(result: OperationResult, options: ResultViewOptions = {}): string {
  const paint = options.paint ?? plain;
  const met = result.done >= result.wanted;
  const parts = [`${result.done} of ${result.wanted} hosts ${options.outcome ?? 'done'}`];
  for (const state of NOT_DONE) {
    const hosts = result.hosts.filter((host) => host.state === state);
    if (hosts.length > 0) parts.push(`${hosts.length} ${stateWords(state)}${because(hosts)}`);
  }
  parts.push(formatDuration(result.elapsedMs));
  const goes = result.hosts.some(({ state }) => state === 'running');
  return (met ? paint.green : goes ? paint.cyan : paint.red)(parts.join(', '));
}

const NOT_DONE: readonly HostState[] = [
  'running',
  'set-aside',
  'failed',
  'unknown',
  'undone',
  'unfinished',
  'not-started',
];

/** A summary must be short; the table above it has all reasons. */
const MOST_REASONS = 3;

/** Reasons with their hosts, equal reasons together. */
function because(hosts: readonly HostResult[]): string {
  const reasons = hosts.map(({ host, message }) => ({ host, message: withoutHost(message, host) }));
  const folded = foldMessages(reasons);
  const more = folded.length > MOST_REASONS ? [`and ${folded.length - MOST_REASONS} more reasons`] : [];
  return ` (${[...folded.slice(0, MOST_REASONS), ...more].join('; ')})`;
}

function stateColour(state: HostState, paint: ChalkInstance): (text: string) => string {
  switch (state) {
    case 'done':
      return paint.green;
    case 'running':
      return paint.cyan;
    case 'not-started':
      return paint.dim;
    case 'undone':
    case 'set-aside':
    case 'unfinished':
      return paint.yellow;
    case 'failed':
    case 'unknown':
      return paint.red;
  }
}
