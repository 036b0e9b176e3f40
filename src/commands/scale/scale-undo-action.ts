import type { Command } from 'commander';
import { KINDS, OPERATIONS } from '../../lib/actions.js';
import type { Config } from '../../lib/config/config-types.js';
import { RefusedError, UsageError } from '../../lib/errors.js';
import type { Inventory } from '../../lib/inventory/inventory.js';
import type { BalancerServer } from '../../lib/layers/http/balancer-servers.js';
import { askEach } from '../../lib/layers/http/everywhere.js';
import { isInTraffic } from '../../lib/layers/http/server-state.js';
import type { OperationRecord, TakenSpare } from '../../lib/ledger/ledger.js';
import { requireAsMade } from '../../lib/plan/checksum.js';
import { requireKnownKinds } from '../../lib/plan/known-kinds.js';
import { traitsOf } from '../../lib/plan/operation-kinds.js';
import { placesInTraffic, planUndo } from '../../lib/scale/undo-plan.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';
import { balancersOf, orRefuse } from '../../lib/traffic/traffic-facts.js';
import { placesAt } from '../../lib/traffic/way-in.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { propose } from '../propose.js';
import type { ScaleFlags } from './scale-action.js';

const FLAGS_OF_UNDO: readonly string[] = ['undo', 'toZero', 'checksum'] satisfies (keyof ScaleFlags)[];

/** `kuafu scale --undo OP`: removes the hosts that an expansion added. */
export async function undoScale(id: string, given: ScaleFlags, command: Command): Promise<void> {
  refuseOtherFlags(given, command);
  const context = await openContext(command);
  try {
    const record = await context.ledger.show(id);
    requireAsMade(record);
    requireKnownKinds(record, KINDS);
    const connections = await openPlanConnections(context);
    try {
      const plan = await whilePlanning('kuafu scale --undo', () =>
        makePlan(record, given.toZero ?? false, context, connections),
      );
      const refusedHint = hintFor(record);
      await propose({ plan, checksum: given.checksum, refusedHint }, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

function hintFor({ id, plan }: OperationRecord): string {
  const undoneBy = plan.kind === 'scale' ? undefined : traitsOf(OPERATIONS, plan).undoneBy?.(id, plan);
  return undoneBy === undefined
    ? `see what it did: kuafu ops show ${id}`
    : `what takes it back: ${undoneBy}; what it did: kuafu ops show ${id}`;
}

/** An undo takes all values from the operation's own record, so other flags are refused. */
function refuseOtherFlags(given: ScaleFlags, command: Command): void {
  const others = command.options
    .filter((option) => Object.hasOwn(given, option.attributeName()))
    .filter((option) => !FLAGS_OF_UNDO.includes(option.attributeName()))
    .map((option) => option.long ?? option.flags);
  const [first] = others;
  if (first === undefined) return;
  throw new UsageError(
    `--undo goes with no ${first}: what is taken back stands in the operation's record`,
    'kuafu scale --undo ID; its options are --to-zero and --checksum',
  );
}

/** Reads ledger and balancer; changes nothing. */
async function makePlan(
  record: OperationRecord,
  toZero: boolean,
  { config, inventory, ledger }: Context,
  connections: ReadConnections,
) {
  const rows = await ledger.takenSpares();
  const later = placesSince(record, rows, config, inventory);
  const [some = []] = later.values();
  const planned = placesInTraffic(record.plan);
  const servers = planned.length > 0 ? planned : some;
  const missing = servers.find(({ balancer }) => !inventory.hosts.has(balancer));
  if (missing)
    throw new RefusedError(
      `balancer ${missing.balancer} of operation ${record.id} is no host of the configuration`,
    );
  const sessionOf = (name: string) => connections.session(inventory.host(name));
  const inTraffic = await orRefuse('who is in traffic cannot be read', () =>
    askEach(servers, { sessionOf }, async (at, { balancer }) =>
      (await at.readServers()).filter(isInTraffic).map((place) => ({ balancer, ...place })),
    ),
  );
  return planUndo(record, {
    rows,
    later,
    hosts: inventory.hosts,
    configured: new Set([...config.rooms.values()].flatMap((room) => [...room.hosts.keys()])),
    inTraffic: inTraffic.flat(),
    toZero,
  });
}

/** Hosts that were installed without --start may have joined traffic since, through kuafu start or by hand. */
function placesSince(
  { id, app: name, room, plan }: OperationRecord,
  rows: readonly TakenSpare[],
  { apps }: Config,
  inventory: Inventory,
): ReadonlyMap<string, readonly BalancerServer[]> {
  const app = apps.get(name);
  const balancers = app && balancersOf(app, room, inventory);
  if (app?.traffic === undefined || balancers === undefined || placesInTraffic(plan).length > 0)
    return new Map();
  const { traffic } = app;
  const hosts = rows
    .filter((row) => row.operation === id && row.state === 'assigned')
    .flatMap((row) => inventory.hosts.get(row.host) ?? []);
  return new Map(hosts.map((host) => [host.name, placesAt(traffic, balancers, host)]));
}
