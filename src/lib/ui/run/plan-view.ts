import { formatBytes } from '../../bytes.js';
import { fold } from '../../names/nodeset.js';
import type { Action, BalancerServer, CopyAction, FileTree } from '../../plan/action.js';
import { serversOf, type WithServers } from '../../plan/balancer-servers.js';
import type { Plan, Stage, Step } from '../../plan/plan.js';
import { mergedSteps } from '../../plan/step-order.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { formatDuration } from '../frame/duration.js';
import { plural } from '../frame/plural.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { hang } from '../frame/wrap-words.js';
import { boundLines } from './plan-bounds.js';

export interface PlanViewOptions {
  /** Columns to stay within; unless told there is no limit. */
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** What will happen, for a person who is about to say yes: hosts folded, a line per step, bytes, notes and refusals. */
export function renderPlan(plan: Plan, options: PlanViewOptions = {}): string {
  const paint = options.paint ?? plain;
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const lines = [paint.bold(hang('', sanitizeLine(plan.title), width))];
  for (const stage of plan.stages)
    if (stage.lanes.length > 0) lines.push('', ...stageLines(stage, paint, width));
  const bounds = boundLines(plan).map(([label, text]) => hang(label.padEnd(LABEL_COLUMNS), text, width));
  if (bounds.length > 0) lines.push('', ...bounds);
  const risks = plan.risks.map(({ level, message }) => {
    const text = sanitizeLine(message);
    return level === 'refuse'
      ? paint.red(hang('Refused: ', text, width))
      : paint.yellow(hang('Note: ', text, width));
  });
  if (risks.length > 0) lines.push('', ...risks);
  return lines.join('\n');
}

const LABEL_COLUMNS = 9;

function stageLines(stage: Stage, paint: ChalkInstance, width: number): string[] {
  const hosts = [...new Set(stage.lanes.map((lane) => lane.host))];
  const standby = stage.standby.map((lane) => lane.host);
  const gate = stage.gate ? ', must succeed before anything further' : '';
  const lines = [
    `${paint.bold(sanitizeLine(stage.title))} ${paint.dim(`(${plural(hosts.length, 'host')}${gate})`)}`,
    hang('  on       ', fold(hosts), width),
  ];
  if (standby.length > 0) lines.push(hang('  standby  ', fold(standby), width));
  return [...lines, ...stepLines(stage, width)];
}

/** Steps in the order that all lanes have; what is not the same on all hosts names those it is for. */
function stepLines(stage: Stage, width: number): string[] {
  const steps = new Map<string, Map<string, { readonly action: Action; readonly hosts: string[] }>>();
  for (const { title } of mergedSteps({ ...stage, standby: [] }, titleOf)) steps.set(title, new Map());
  for (const lane of stage.lanes) {
    for (const step of lane.steps) {
      const kinds = steps.get(step.title) ?? new Map();
      const words = describeAction(step.action, 1);
      const known = kinds.get(words) ?? { action: step.action, hosts: [] };
      known.hosts.push(lane.host);
      steps.set(step.title, kinds.set(words, known));
    }
  }
  const columns = Math.max(0, ...[...steps.keys()].map((title) => title.length));
  return [...steps].flatMap(([title, kinds], index) =>
    [...kinds.values()].map(({ action, hosts }, nth) => {
      const some = hosts.length < stage.lanes.length ? ` only ${fold(hosts)}` : '';
      const number = nth === 0 ? `${String(index + 1).padStart(2)}.` : '   ';
      const head = `  ${number} ${sanitizeLine(title).padEnd(columns)}  `;
      return hang(head, `${describeAction(action, hosts.length)}${some}`.trim(), width).trimEnd();
    }),
  );
}

function titleOf({ title }: Step): string {
  return title;
}

/** An action in words, without values that are one host's own, such as an address. */
function describeAction(action: Action, hosts: number): string {
  switch (action.kind) {
    case 'claim':
      return `reserve it in room ${action.room}`;
    case 'connect':
      return `check ${action.need.osId}, ${action.need.arch}${diskNeed(action.need.diskFree)}`;
    case 'script':
      return sanitizeLine(action.name);
    case 'copy':
      return `${treeWords(action.tree)} from ${action.from}${hosts > 1 ? howItSpreads(action) : ''}`;
    case 'env':
      if (action.keepsPrevious)
        return `${sanitizeLine(action.path)}, mode ${action.mode}, the previous version is kept`;
      return `write ${sanitizeLine(action.path)}, mode ${action.mode}, ${plural(action.values.length, 'value')}`;
    case 'env-rollback':
      return `${sanitizeLine(action.path)} as it was, the present one is kept`;
    case 'service':
      return `${action.unit} ${action.wanted}`;
    case 'health':
      return `${action.check.passes} passes in a row within ${formatDuration(action.check.withinMs)}`;
    case 'traffic':
      return `${TRAFFIC_WORDS[action.wanted]} ${placeOf(action)}`;
    case 'leave':
      return `leave ${placeOf(action)}`;
    case 'rejoin':
      return `join ${placeOf(action)} again`;
    case 'drain':
      return `until no request is left, for ${formatDuration(action.withinMs)} at most${action.shuts ? '; then shut for all' : ''}`;
    case 'stop':
    case 'start':
      return action.unit;
    case 'sidecars':
      return `what went down with ${action.unit} is up again`;
    case 'keep-out':
      return action.wanted === 'out'
        ? 'record that it is kept out until it is made ready'
        : 'record that it is ready';
    case 'member':
      return `record as ${action.app}/${action.group} of room ${action.room}`;
    case 'remove':
      return sanitizeLine(action.paths.join(', '));
    case 'release':
      return `back into the pool of room ${action.room}`;
    case 'unmoved':
      return `the files on ${action.from} are still those that were copied`;
  }
}

const TRAFFIC_WORDS = {
  enrolled: 'be known, and get no request yet, at',
  in: 'join',
  out: 'leave',
} as const;

function placeOf(action: WithServers): string {
  const servers = serversOf(action);
  const all = (of: (server: BalancerServer) => string) => [...new Set(servers.map(of))].join(', ');
  return `${all(({ backend }) => backend)} of ${all(({ balancer }) => balancer)}`;
}

/** One figure says enough here: the largest of what is asked for. */
function diskNeed(needs: readonly { readonly bytes: number }[]): string {
  return needs.length === 0
    ? ''
    : `, ${formatBytes(Math.max(...needs.map(({ bytes }) => bytes)))} of free disk`;
}

function howItSpreads({ method }: CopyAction): string {
  return method === 'chain' ? ', from host to host' : ', to each from here';
}

function treeWords(tree: FileTree): string {
  const [first = '', ...rest] = tree.paths;
  const more = rest.length > 0 ? ` and ${plural(rest.length, 'more path')}` : '';
  const size = `${formatBytes(tree.bytes)}, ${formatBytes(tree.packed.bytes)} packed`;
  return sanitizeLine(`${size}, ${first}${more},`);
}
