import { KINDS } from '../../actions.js';
import { type Budgets, FAILURE_KINDS } from '../../plan/budget.js';
import { kindOf } from '../../plan/kinds.js';
import { placesOf } from '../../plan/places.js';
import type { Plan, Stage } from '../../plan/plan.js';
import { plural } from '../../plural.js';
import { sanitizeLine } from '../frame/sanitize.js';

/** A label, and the text after it. */
type Line = readonly [label: string, text: string];

/** Batches, and how many hosts may fail. They come at the end, so that they are still on the screen at the confirmation. */
export function boundLines(plan: Plan): Line[] {
  const { stages, wayBack, rollout: { budgets } = {} } = plan;
  const lines = [...turnLines(plan)];
  const floors = floorWords(stages);
  if (floors !== '') lines.push(['keeps', `${floors} serving`]);
  if (wayBack?.when === 'on-failure') {
    const until = wayBack.until === undefined ? '' : ` up to \`${wayBack.until.step}\``;
    lines.push(['back', `all that was done is taken back if a stage${until} does not pass`]);
  }
  if (budgets !== undefined) lines.push(['stops', budgetWords(budgets, plan)]);
  return lines;
}

/** The order of the batches, and how many hosts are worked on at the same time. */
function turnLines(plan: Plan): Line[] {
  const { batches = [], windows } = plan.rollout ?? {};
  const rooms = turnsOf(plan);
  const inRooms = (words: (room: RoomTurns) => string) =>
    rooms.length === 1 && rooms[0]
      ? words(rooms[0])
      : rooms.map((of) => `room ${of.room}: ${words(of)}`).join('; ');
  const lines: Line[] = [];
  if (rooms.length > 1 && rooms.every((of) => of.batches.length === 1)) {
    const turns = rooms.map(({ room, batches: [size = 0] }) => `room ${room} (${plural(size, 'host')})`);
    lines.push(['in turn', turns.join(', then ')]);
  } else if (batches.length > 1) {
    const sizes = inRooms((of) => batchWords(of.batches));
    lines.push(['batches', `${sizes}: each comes through before the next begins`]);
  }
  if (windows === undefined) return lines;
  const isWhole = windows.every((window, index) => window >= (batches[index] ?? 0));
  const each = isWhole ? 'each batch as a whole' : inRooms((of) => batchWords(of.windows));
  return [...lines, ['at once', new Set(windows).size === 1 ? plural(windows[0] ?? 0, 'host') : each]];
}

/** A room, the sizes of its batches, and how many hosts of each are worked on at the same time. */
interface RoomTurns {
  readonly room: string;
  readonly batches: number[];
  readonly windows: number[];
}

function turnsOf({ rollout: { batches = [], windows } = {}, hosts, stages }: Plan): readonly RoomTurns[] {
  const lanes = placesOf({ stages })?.lanes ?? [];
  const roomOf = new Map(hosts.map(({ name, room }) => [name, room]));
  const rooms: RoomTurns[] = [];
  let from = 0;
  for (const [index, size] of batches.entries()) {
    const room = roomOf.get(lanes[from]?.host ?? '') ?? '';
    from += size;
    if (rooms.at(-1)?.room !== room) rooms.push({ room, batches: [], windows: [] });
    rooms.at(-1)?.batches.push(size);
    rooms.at(-1)?.windows.push(windows?.[index] ?? size);
  }
  return rooms;
}

/**
 * `after more than 1 failed or 5 unreachable; any number may be unhealthy`. A budget that the hosts are too few to exhaust
 * does not count. Hosts on standby count too, because they may be tried, and fail.
 */
export function budgetWords(budgets: Budgets, { stages }: Pick<Plan, 'stages'>): string {
  const { lanes = [], standby = [] } = placesOf({ stages }) ?? {};
  const count = lanes.length + standby.length;
  const unbounded = FAILURE_KINDS.filter((kind) => budgets[kind] >= count);
  if (unbounded.length === FAILURE_KINDS.length) return `never, however many fail: all ${count} may be tried`;
  const strict = FAILURE_KINDS.filter((kind) => budgets[kind] === 0 && count > 0);
  const some = FAILURE_KINDS.filter((kind) => budgets[kind] > 0 && budgets[kind] < count);
  const bounds = [
    ...(strict.length > 0 ? [`the first ${orWords(strict)} host`] : []),
    ...(some.length > 0 ? [`more than ${orWords(some.map((kind) => `${budgets[kind]} ${kind}`))}`] : []),
  ];
  const of = standby.length > 0 ? `; ${count} hosts may be tried` : '';
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
  const floors = actions.flatMap((action) => kindOf(KINDS, action)?.floor?.(action) ?? []);
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
