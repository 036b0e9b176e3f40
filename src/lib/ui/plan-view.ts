import { formatBytes } from '../bytes.js';
import { fold } from '../inventory/nodeset.js';
import type { Action, BalancerServer, CopyAction, FileTree } from '../plan/action.js';
import { serversOf, type WithServers } from '../plan/balancer-servers.js';
import { type Budgets, FAILURE_KINDS } from '../plan/budget.js';
import type { Plan, Stage, Step } from '../plan/plan.js';
import { mergedSteps } from '../plan/step-order.js';
import { type ChalkInstance, plain } from './colour.js';
import { formatDuration } from './duration.js';
import { fitLine } from './fit.js';
import { sanitizeLine } from './sanitize.js';

export interface PlanViewOptions {
  /** Columns lines are cut to; unless told they are not. */
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** What will happen, for a person who is about to say yes: hosts folded, a line per step, bytes, notes and refusals. */
export function renderPlan(plan: Plan, options: PlanViewOptions = {}): string {
  const paint = options.paint ?? plain;
  const lines = [paint.bold(sanitizeLine(plan.title))];
  for (const stage of plan.stages) if (stage.lanes.length > 0) lines.push('', ...stageLines(stage, paint));
  const bounds = boundLines(plan);
  if (bounds.length > 0) lines.push('', ...bounds);
  const risks = plan.risks.map(({ level, message }) => {
    const text = sanitizeLine(message);
    return level === 'refuse' ? paint.red(`Refused: ${text}`) : paint.yellow(`Note: ${text}`);
  });
  if (risks.length > 0) lines.push('', ...risks);
  const width = options.width ?? Number.POSITIVE_INFINITY;
  // Risks are never cut: they are what has to be read.
  return lines
    .map((line, index) => (index < lines.length - risks.length ? fitLine(line, width) : line))
    .join('\n');
}

/** Batches, and how many hosts may fail; at the end, where it is still on the screen when yes is asked for. */
function boundLines(plan: Plan): string[] {
  const { budgets, stages } = plan;
  const lines = [...turnLines(plan)];
  const floors = floorWords(stages);
  if (floors !== '') lines.push(`keeps    ${floors} serving`);
  if (budgets !== undefined) lines.push(`stops    ${budgetWords(budgets, plan)}`);
  return lines;
}

/** Who follows whom, and how many hosts are worked on at once. */
function turnLines({ batches = [], windows, hosts, stages }: Plan): string[] {
  const lanes = stages[0]?.lanes ?? [];
  const roomOf = new Map(hosts.map(({ name, room }) => [name, room]));
  const rooms: { readonly room: string; readonly batches: number[]; readonly windows: number[] }[] = [];
  let from = 0;
  for (const [index, size] of batches.entries()) {
    const room = roomOf.get(lanes[from]?.host ?? '') ?? '';
    from += size;
    if (rooms.at(-1)?.room !== room) rooms.push({ room, batches: [], windows: [] });
    rooms.at(-1)?.batches.push(size);
    rooms.at(-1)?.windows.push(windows?.[index] ?? size);
  }
  const inRooms = (words: (of: (typeof rooms)[number]) => string) =>
    rooms.length === 1 && rooms[0]
      ? words(rooms[0])
      : rooms.map((of) => `room ${of.room}: ${words(of)}`).join('; ');
  const lines: string[] = [];
  const isOneEach = rooms.every((of) => of.batches.length === 1);
  if (isOneEach && rooms.length > 1)
    lines.push(
      `in turn  ${rooms.map(({ room, batches: [size = 0] }) => `room ${room} (${plural(size, 'host')})`).join(', then ')}`,
    );
  else if (batches.length > 1)
    lines.push(
      `batches  ${inRooms((of) => batchWords(of.batches))}: each comes through before the next begins`,
    );
  if (windows === undefined) return lines;
  const isWhole = windows.every((window, index) => window >= (batches[index] ?? 0));
  const isSame = new Set(windows).size === 1;
  if (isSame) lines.push(`at once  ${plural(windows[0] ?? 0, 'host')}`);
  else lines.push(`at once  ${isWhole ? 'each batch as a whole' : inRooms((of) => batchWords(of.windows))}`);
  return lines;
}

/**
 * `after more than 1 failed or 5 unreachable; any number may be unhealthy`. A budget that so few hosts cannot exhaust is none.
 * Where hosts stand by, so many more than are wanted may be tried, and fail.
 */
export function budgetWords(budgets: Budgets, { stages }: Pick<Plan, 'stages'>): string {
  const { lanes = [], standby = [] } = stages[0] ?? {};
  const count = lanes.length + standby.length;
  const unbounded = FAILURE_KINDS.filter((kind) => budgets[kind] >= count);
  if (unbounded.length === FAILURE_KINDS.length) return `at no number of failures: all ${count} may be tried`;
  const strict = FAILURE_KINDS.filter((kind) => budgets[kind] === 0 && count > 0);
  const some = FAILURE_KINDS.filter((kind) => budgets[kind] > 0 && budgets[kind] < count);
  const bounds = [
    ...(strict.length > 0 ? [`the first ${orWords(strict)} host`] : []),
    ...(some.length > 0 ? [`more than ${orWords(some.map((kind) => `${budgets[kind]} ${kind}`))}`] : []),
  ];
  const of = standby.length > 0 ? ` of the ${count} hosts there are` : '';
  const free = unbounded.length > 0 ? `; any number may be ${orWords(unbounded)}` : '';
  return `after ${bounds.join(', or ')}${some.length > 0 ? of : ''}${free}`;
}

function orWords(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(words);
}

/** `4 of web-b-[01-08], 2 of web-a-[01-04]`. */
function floorWords(stages: readonly Stage[]): string {
  const actions = stages.flatMap(({ lanes }) =>
    lanes.flatMap(({ steps }) => steps.map(({ action }) => action)),
  );
  const floors = actions.flatMap((action) => ('floor' in action && action.floor ? [action.floor] : []));
  return [...new Set(floors.map(({ least, members }) => `${least} of ${sanitizeLine(members)}`))].join(', ');
}

/** `1, 5, 4 (3 times), 2`. */
function batchWords(batches: readonly number[]): string {
  const runs: { readonly size: number; times: number }[] = [];
  for (const size of batches) {
    const last = runs.at(-1);
    if (last?.size === size) last.times += 1;
    else runs.push({ size, times: 1 });
  }
  return runs.map(({ size, times }) => (times === 1 ? `${size}` : `${size} (${times} times)`)).join(', ');
}

function stageLines(stage: Stage, paint: ChalkInstance): string[] {
  const hosts = [...new Set(stage.lanes.map((lane) => lane.host))];
  const standby = stage.standby.map((lane) => lane.host);
  const gate = stage.gate ? ', must succeed before anything further' : '';
  const lines = [
    `${paint.bold(sanitizeLine(stage.title))} ${paint.dim(`(${plural(hosts.length, 'host')}${gate})`)}`,
    `  on       ${fold(hosts)}`,
  ];
  if (standby.length > 0) lines.push(`  standby  ${fold(standby)}`);
  return [...lines, ...stepLines(stage)];
}

/** Steps in the order that all lanes have; what is not the same on all hosts names those it is for. */
function stepLines(stage: Stage): string[] {
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
      const text = `${sanitizeLine(title).padEnd(columns)}  ${describeAction(action, hosts.length)}${some}`;
      const number = nth === 0 ? `${String(index + 1).padStart(2)}.` : '   ';
      return `  ${number} ${text.trimEnd()}`;
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

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
