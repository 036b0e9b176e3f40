import { KINDS } from '../../actions.js';
import { fold } from '../../names/nodeset.js';
import { describeAction } from '../../plan/kinds.js';
import type { AnyAction, Plan, Stage, Step } from '../../plan/plan.js';
import { mergedSteps } from '../../plan/step-order.js';
import { plural } from '../../plural.js';
import { breakSentences } from '../frame/break-sentences.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { suggestedIn } from '../frame/suggested.js';
import { hang } from '../frame/wrap-words.js';
import { boundLines } from './plan-bounds.js';

export interface PlanViewOptions {
  /** Columns to stay within; no limit by default. */
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** What will happen, for the person who confirms: hosts folded, a line per step, bytes, notes and refusals. */
export function renderPlan(plan: Plan, options: PlanViewOptions = {}): string {
  const paint = options.paint ?? plain;
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const lines = [paint.bold(hang('', sanitizeLine(plan.title), width))];
  for (const stage of plan.stages)
    if (stage.lanes.length > 0) lines.push('', ...stageLines(stage, paint, width));
  const bounds = boundLines(plan).map(([label, text]) => hang(label.padEnd(LABEL_COLUMNS), text, width));
  if (bounds.length > 0) lines.push('', ...bounds);
  const risks = plan.risks.map(({ level, message }) => {
    const text = suggestedIn(sanitizeLine(message));
    return level === 'refuse'
      ? paint.red(hang('Refused: ', text, width))
      : paint.yellow(hang('Note: ', text, width));
  });
  if (risks.length > 0) lines.push('', ...risks);
  return lines.join('\n');
}

const LABEL_COLUMNS = 9;

function stageLines(stage: Stage, paint: ChalkInstance, width: number): string[] {
  const hosts = [...new Set(stage.lanes.map((lane) => lane.name))];
  const standby = stage.standby.map((lane) => lane.name);
  const gate = stage.pass === 'all' ? ', must succeed before anything further' : '';
  const lines = [
    breakSentences(
      `${paint.bold(sanitizeLine(stage.title))} ${paint.dim(`(${plural(hosts.length, 'host')}${gate})`)}`,
      width,
    ),
    hang('  on       ', fold(hosts), width),
  ];
  if (standby.length > 0) lines.push(hang('  standby  ', fold(standby), width));
  return [...lines, ...stepLines(stage, width)];
}

/** Steps in the order that all lanes have; a step that is not the same on all hosts names its hosts. */
function stepLines(stage: Stage, width: number): string[] {
  const steps = new Map<string, Map<string, { readonly action: AnyAction; readonly hosts: string[] }>>();
  for (const { title } of mergedSteps({ ...stage, standby: [] }, titleOf)) steps.set(title, new Map());
  for (const lane of stage.lanes) {
    for (const step of lane.steps) {
      const kinds = steps.get(step.title) ?? new Map();
      const words = wordsOf(step.action, 1);
      const known = kinds.get(words) ?? { action: step.action, hosts: [] };
      known.hosts.push(lane.name);
      steps.set(step.title, kinds.set(words, known));
    }
  }
  const columns = Math.max(0, ...[...steps.keys()].map((title) => title.length));
  return [...steps].flatMap(([title, kinds], index) =>
    [...kinds.values()].map(({ action, hosts }, nth) => {
      const some = hosts.length < stage.lanes.length ? ` only ${fold(hosts)}` : '';
      const number = nth === 0 ? `${String(index + 1).padStart(2)}.` : '   ';
      const head = `  ${number} ${sanitizeLine(title).padEnd(columns)}  `;
      return hang(head, `${wordsOf(action, hosts.length)}${some}`.trim(), width).trimEnd();
    }),
  );
}

function titleOf({ title }: Step): string {
  return title;
}

function wordsOf(action: AnyAction, hosts: number): string {
  return sanitizeLine(describeAction(KINDS, action, hosts));
}
