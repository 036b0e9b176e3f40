import { formatBytes } from '../../bytes.js';
import { formatDuration } from '../../duration.js';
import { groupOutputs, groupReasons, groupStderr, type OutputGroup } from '../../fanout/group.js';
import type { HostOutcome, OutcomeStatus, Score } from '../../fanout/outcome.js';
import { fold } from '../../names/fold.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { sanitizeLine, sanitizeText } from '../frame/sanitize.js';
import { wrapNames } from '../frame/wrap-words.js';

export interface ExecViewOptions {
  readonly paint?: ChalkInstance;
  /** How much of each output was kept, in bytes. */
  readonly outputLimit: number;
  /** Columns for a heading; no limit by default. The output of hosts is not wrapped. */
  readonly width?: number;
}

/** The output of hosts, equal output once; empty if there is none to show. */
export function renderOutputs(outcomes: readonly HostOutcome[], options: ExecViewOptions): string {
  return joinBlocks(groupOutputs(outcomes).map((group) => renderOutput(group, options)));
}

/** One group: `web-b-[01-20]: active` if its output is one line, otherwise a heading and the lines. */
export function renderOutput(group: OutputGroup, options: ExecViewOptions): string {
  const { paint = plain, outputLimit, width } = options;
  const kept = formatBytes(outputLimit);
  const cut = group.truncated ? `… cut: only the first ${kept} of it were kept; --out-dir keeps all` : '';
  return block(
    group.hosts,
    [endOf(group)],
    bodyOf(group.stdout),
    cut,
    isGood(group) ? paint.cyan : paint.red,
    width,
  );
}

/** The same for the hosts' stderr. */
export function renderStderr(outcomes: readonly HostOutcome[], options: ExecViewOptions): string {
  const { paint = plain, outputLimit, width } = options;
  return joinBlocks(
    groupStderr(outcomes).map(({ hosts, text, truncated }) => {
      const cut = truncated ? `… cut: only the last ${formatBytes(outputLimit)} of it were kept` : '';
      return block(hosts, ['stderr'], bodyOf(text), cut, paint.yellow, width);
    }),
  );
}

const NO_RESULT: readonly (readonly [OutcomeStatus, string])[] = [
  ['unreachable', 'unreachable'],
  ['timed-out', 'timed out'],
  ['lost', 'connection lost'],
  ['failed', 'failed'],
  ['pending', 'pending'],
];

/** The first word of a line that says more about hosts with a result. */
const REMARKS: readonly (readonly [OutcomeStatus, string])[] = [
  ['exited', 'note'],
  ['signalled', 'note'],
];

/**
 * Hosts without a result, by reason, and notes about other hosts. A hint is below if all hosts of a line have the same one.
 */
export function renderRemarks(outcomes: readonly HostOutcome[], { paint = plain }: ExecViewOptions): string {
  const lines = [...REMARKS, ...NO_RESULT].flatMap(([status, word]) =>
    groupReasons(outcomes, status).map(({ hosts, text }) => {
      const line = (word === 'note' ? paint.yellow : paint.red)(
        `${word}: ${fold(hosts)}: ${sanitizeLine(text)}`,
      );
      const hints = new Set(outcomes.filter(({ host }) => hosts.includes(host)).map(({ hint }) => hint));
      const [hint = ''] = hints;
      return hints.size === 1 && hint !== '' ? `${line}\n  ${sanitizeLine(hint)}` : line;
    }),
  );
  return lines.join('\n');
}

/** `198 done, 1 failed, 1 unreachable, 0 pending, 2.1s` */
export function renderBoxScore(
  scores: Readonly<Record<Score, number>>,
  elapsedMs: number,
  paint: ChalkInstance = plain,
): string {
  const { done, failed, unreachable, pending } = scores;
  const text = `${done} done, ${failed} failed, ${unreachable} unreachable, ${pending} pending, ${formatDuration(elapsedMs)}`;
  return (failed + unreachable + pending === 0 ? paint.green : paint.red)(text);
}

/** How a group ended, if that must be said: `exit 3`, `SIGKILL`, `timed out`. */
export function endOf({
  status,
  exitCode,
  signal,
}: Pick<OutputGroup, 'status' | 'exitCode' | 'signal'>): string {
  if (status === 'exited') return exitCode === 0 ? '' : `exit ${exitCode}`;
  if (status === 'signalled') return `ended by SIG${signal ?? ''}`.replace('SIGSIG', 'SIG');
  return NO_RESULT.find(([each]) => each === status)?.[1] ?? status;
}

export function countHosts(hosts: readonly string[]): string {
  return hosts.length === 1 ? '1 host' : `${hosts.length} hosts`;
}

/** Output of a host, made harmless, without the line end that closes it. */
export function bodyOf(text: string): string {
  return sanitizeText(text).replace(/(?<!\n)\n+$/, '');
}

function block(
  hosts: readonly string[],
  remarks: readonly string[],
  body: string,
  note: string,
  paint: (text: string) => string,
  width = Number.POSITIVE_INFINITY,
): string {
  const heading = (text: string) => paint(wrapNames(text, width).join('\n'));
  const said = remarks.filter((remark) => remark !== '');
  const isOneLine = !body.includes('\n') && note === '';
  if (isOneLine) {
    const remark = said.length === 0 ? '' : ` (${said.join(', ')})`;
    return `${heading(`${fold(hosts)}${remark}:`)} ${body === '' ? '(no output)' : body}`;
  }
  const title = heading(`${fold(hosts)} (${[countHosts(hosts), ...said].join(', ')})`);
  return [title, body, ...(note === '' ? [] : [note])].join('\n');
}

function isGood({ status, exitCode }: OutputGroup): boolean {
  return status === 'exited' && exitCode === 0;
}

/** Blank lines around a block of several lines. */
function joinBlocks(blocks: readonly string[]): string {
  return blocks
    .map((text, index) => {
      const previous = blocks[index - 1] ?? '';
      const apart = index > 0 && (text.includes('\n') || previous.includes('\n'));
      return apart ? `\n${text}` : text;
    })
    .join('\n');
}
