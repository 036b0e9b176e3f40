import type { Command } from 'commander';
import { type Action, KINDS } from '../../lib/actions.js';
import { RefusedError, UsageError } from '../../lib/errors.js';
import { parseApp, parseGroup, parseRoom } from '../../lib/inventory/known-names.js';
import { requireKnownKinds } from '../../lib/plan/known-kinds.js';
import type { Plan } from '../../lib/plan/plan.js';
import { readPlaces } from '../../lib/restart/restart-facts.js';
import { parseKeep } from '../../lib/restart/restart-request.js';
import { checkScaleWords } from '../../lib/scale/scale-request.js';
import { planShrink, type ShrinkFacts, type ShrinkRequest } from '../../lib/scale/shrink-plan.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';
import { canAsk } from '../confirm.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone, withKeep } from '../propose.js';
import type { ScaleFlags } from './scale-action.js';
import { scale } from './scale-action.js';
import { askPlace } from './scale-questions.js';

const MAX_HOSTS = 10_000;

/** `kuafu scale --to N`: adds hosts, or removes hosts, the youngest first, until the group has N. */
export async function scaleTo(to: string, given: ScaleFlags, command: Command): Promise<void> {
  if (given.count !== undefined)
    throw new UsageError('--to and --count both say how many hosts', 'give one of them');
  const wanted = parseTo(to);
  if (given.keep !== undefined) parseKeep(given.keep);
  const more = await withContext(command, async (context) => {
    const place = await placeOf(given, context);
    const request = requestOf(place, wanted, given.keep, context);
    const count = wanted - membersOf(request, context).length;
    if (count > 0) return { place, count, before: await assignedTo(place, context) };
    await shrink(request, given.checksum, context, command);
    return undefined;
  });
  if (more === undefined) return;
  const { place, count, before } = more;
  const { to: _to, keep: _keep, ...words } = given;
  await scale({ ...words, ...place, count: String(count) }, command, (context) =>
    requireAsCounted(place, before, context),
  );
}

function parseTo(text: string): number {
  const to = Number(text);
  if (/^\d{1,5}$/.test(text) && to <= MAX_HOSTS) return to;
  throw new UsageError(
    `--to is ${JSON.stringify(text)}; it must be how many hosts the group is to have, from 0 to ${MAX_HOSTS}`,
    'for example: --to 6',
  );
}

interface NamedPlace {
  readonly app: string;
  readonly group: string;
  readonly idc: string;
}

async function placeOf(given: ScaleFlags, context: Context): Promise<NamedPlace> {
  const { app, group, room } = given;
  if (room !== undefined && given.idc !== undefined && room !== given.idc)
    throw new UsageError(`--idc ${given.idc} and --room ${room} name two rooms`, 'give one of them');
  const idc = given.idc ?? room;
  if (app !== undefined && group !== undefined && idc !== undefined) return { app, group, idc };
  if (canAsk()) {
    const known = { ...given, ...(idc === undefined ? {} : { idc }) };
    checkScaleWords(known, context.config, context.inventory);
    return await askPlace(known, context, true);
  }
  const flags = { '--app': app, '--group': group, '--idc': idc };
  const missing = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [flag] : []));
  throw new UsageError(`missing: ${missing.join(', ')}`, 'kuafu scale --help');
}

function requestOf(
  { app: name, group, idc }: NamedPlace,
  to: number,
  keep: string | undefined,
  { config }: Context,
): ShrinkRequest {
  const app = parseApp(name, config);
  return {
    app,
    group: parseGroup(group, app),
    room: parseRoom(idc, config),
    to,
    keep: parseKeep(keep ?? '50%'),
  };
}

function membersOf(
  { app, group, room }: Pick<ShrinkRequest, 'app' | 'group' | 'room'>,
  { inventory }: Context,
) {
  return inventory.members(app.name, group, room);
}

async function shrink(
  request: ShrinkRequest,
  checksum: string | undefined,
  context: Context,
  command: Command,
): Promise<void> {
  const connections = await openPlanConnections(context);
  try {
    const plan = await whilePlanning('kuafu scale', () => makePlan(request, context, connections));
    const { app, group, room, to } = request;
    const done = `${app.name}/${group} in room ${room} has ${to} ${to === 1 ? 'host' : 'hosts'}`;
    const refusedHint = withKeep('see who is there since when: kuafu resource list --hosts', command, plan);
    await proposeUnlessDone({ plan, checksum, refusedHint, done }, context, connections);
  } finally {
    await connections.close();
  }
}

/** Reads ledger, balancers and hosts; changes nothing. If no host is to be removed, no host is asked. */
async function makePlan(
  request: ShrinkRequest,
  context: Context,
  connections: ReadConnections,
): Promise<Plan<Action>> {
  const { config, inventory, ledger } = context;
  const { app, group, room, to } = request;
  const members = membersOf(request, context);
  const chosen = members.length > to ? members : [];
  const places = chosen.length === 0 ? [] : [{ group, room, members, chosen }];
  const rows = (await ledger.takenSpares()).filter(
    (row) => row.state === 'assigned' && row.app === app.name && row.group === group && row.room === room,
  );
  const ids = chosen.length === 0 ? [] : [...new Set(rows.map((row) => row.operation))];
  const records = await Promise.all(ids.map((id) => ledger.show(id)));
  for (const record of records) requireKnownKinds(record, KINDS);
  const facts: ShrinkFacts = {
    ...(await readPlaces({ app, places }, inventory, connections, ledger)),
    members,
    rows,
    configured: new Set([...config.rooms.values()].flatMap(({ hosts }) => [...hosts.keys()])),
    records: new Map(records.map((record) => [record.id, record])),
  };
  return planShrink(request, facts);
}

/** Another operator may have changed the group while this plan was shown: then the difference is no longer right. */
async function requireAsCounted(
  place: NamedPlace,
  before: readonly string[],
  context: Context,
): Promise<void> {
  const now = await assignedTo(place, context);
  if (before.join() === now.join()) return;
  throw new RefusedError(
    `the hosts of ${place.app}/${place.group} in room ${place.idc} have changed since they were counted`,
    'see who is there now, and say it again: kuafu resource list --hosts',
  );
}

/** Hosts that the ledger assigns to the group, by name. */
async function assignedTo({ app, group, idc }: NamedPlace, { ledger }: Context): Promise<readonly string[]> {
  const rows = await ledger.takenSpares();
  return rows
    .filter((row) => row.state === 'assigned' && row.app === app && row.group === group && row.room === idc)
    .map(({ host }) => host);
}

async function withContext<T>(command: Command, work: (context: Context) => Promise<T>): Promise<T> {
  const context = await openContext(command);
  try {
    return await work(context);
  } finally {
    await context.ledger.close();
  }
}
