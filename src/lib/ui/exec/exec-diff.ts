import { structuredPatch } from 'diff';
import { groupOutputs, hasResult, type OutputGroup } from '../../fanout/group.js';
import type { HostOutcome } from '../../fanout/outcome.js';
import { fold } from '../../names/fold.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { bodyOf, countHosts, type ExecViewOptions, endOf, renderOutput } from './exec-view.js';

/** Texts that differ by more lines are reported as different, but not compared: it would take minutes. */
const MOST_EDITS = 2000;

export interface ExecDiff {
  readonly text: string;
  /** Hosts that differ from the majority. */
  readonly differing: readonly string[];
}

/** The biggest group, named once with its output, and the differences of each other group. */
export function renderDiff(outcomes: readonly HostOutcome[], options: ExecViewOptions): ExecDiff {
  const groups = groupOutputs(outcomes.filter(({ status }) => hasResult(status)));
  const [majority, ...others] = groups;
  if (majority === undefined) return { text: '', differing: [] };
  const { paint = plain } = options;
  const total = groups.reduce((sum, group) => sum + group.hosts.length, 0);
  const word = majority.hosts.length * 2 > total ? 'majority' : 'biggest group';
  const blocks = [
    `${paint.bold(word)} ${renderOutput(majority, options)}`,
    ...others.map((group) => difference(majority, group, paint)),
  ];
  return { text: blocks.join('\n\n'), differing: others.flatMap(({ hosts }) => hosts) };
}

function difference(majority: OutputGroup, group: OutputGroup, paint: ChalkInstance): string {
  const remarks = [countHosts(group.hosts), endOf(group)].filter((remark) => remark !== '');
  const heading = paint.cyan(`${fold(group.hosts)} (${remarks.join(', ')})`);
  return [heading, ...differentLines(bodyOf(majority.stdout), bodyOf(group.stdout), paint)].join('\n');
}

function differentLines(from: string, to: string, paint: ChalkInstance): string[] {
  if (from === to) return ['same output as the majority, another end'];
  const options = { context: 3, maxEditLength: MOST_EDITS };
  const patch = structuredPatch('', '', `${from}\n`, `${to}\n`, '', '', options);
  if (patch === undefined) return [`more than ${MOST_EDITS} lines are different`];
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    paint.dim(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines.map((line) => paintLine(line, paint)),
  ]);
}

function paintLine(line: string, paint: ChalkInstance): string {
  if (line.startsWith('-')) return paint.red(line);
  return line.startsWith('+') ? paint.green(line) : line;
}
