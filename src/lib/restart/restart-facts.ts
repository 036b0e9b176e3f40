import type { AppConfig } from '../config/config-types.js';
import { NoHostReachedError } from '../errors.js';
import { type Health, readHealth } from '../host/health-check.js';
import { readUnit, type UnitState } from '../host/unit.js';
import { lookAtUnit, type UnitLook } from '../host/unit-look.js';
import type { Inventory } from '../inventory/inventory.js';
import { type BalancerServer, serversOf } from '../layers/http/balancer-servers.js';
import type { KeptOut, Ledger } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import { HostError } from '../ssh/connect-error.js';
import type { ReadConnections } from '../ssh/transport.js';
import { isLeave } from '../traffic/actions.js';
import {
  balancersOf,
  type InTraffic,
  orRefuse,
  type RoomTraffic,
  readBalancerViews,
  readOtherBackends,
  requireControlAt,
  roomTraffic,
} from '../traffic/traffic-facts.js';
import { readNotStarted } from '../unit/not-started.js';
import { leftOutBy, type Operations, wasStoppedByRestart } from './left-behind.js';
import type { Place, RestartRequest } from './restart-request.js';

/** What a look at a host found. */
export type HostLook =
  | {
      readonly reached: true;
      readonly unit: UnitState;
      readonly health: Health;
      /** Its unit is inactive, and no restart of kuafu left it so: an operator stopped it, and it stays stopped. */
      readonly isStopped?: true;
      /** For a host to be restarted: how long its unit may take, and which units are stopped with it. */
      readonly around?: UnitLook;
    }
  | { readonly reached: false; readonly reason: string };

/** The part of the ledger that is read here. */
export type Records = Operations & Pick<Ledger, 'keptOut'>;

/** What planning needs to know; all of it is read beforehand. */
export interface RestartFacts {
  /** Every member of the groups, by name. */
  readonly looks: ReadonlyMap<string, HostLook>;
  /** The balancers of each room that has any. */
  readonly balancers: ReadonlyMap<string, BalancerLook>;
  /** Hosts that an operator keeps out of the traffic of this application. */
  readonly keptOut: ReadonlyMap<string, KeptOut>;
  /** Hosts on which the application was installed and never started: they serve no requests, and do not count. */
  readonly notStarted: ReadonlySet<string>;
}

export interface BalancerLook extends RoomTraffic {
  /** Hosts that an earlier operation took out and never brought back, and the id of that operation. */
  readonly left: ReadonlyMap<string, string>;
}

/**
 * Like readPlaces(), for hosts that are restarted themselves.
 * @throws {NoHostReachedError} if no host to be restarted is reached
 */
export async function readRestartFacts(
  request: Pick<RestartRequest, 'app' | 'places'>,
  inventory: Inventory,
  connections: ReadConnections,
  records: Records,
): Promise<RestartFacts> {
  const facts = await readPlaces(request, inventory, connections, records);
  const chosen = [...new Set(request.places.flatMap((place) => place.chosen))];
  const reasons = chosen.map(({ name }) => {
    const look = facts.looks.get(name);
    return look?.reached === false ? look.reason : '';
  });
  if (!reasons.includes('')) throw new NoHostReachedError(`no host could be reached: ${reasons[0]}`);
  const looks = new Map(facts.looks);
  for (const { name } of chosen) {
    const look = looks.get(name);
    if (look?.reached && isDown(look) && !(await wasStoppedByRestart(name, request.app.name, records)))
      looks.set(name, { ...look, isStopped: true });
  }
  await Promise.all(
    chosen.map(async (host) => {
      const look = looks.get(host.name);
      if (look?.reached && look.unit.loadState === 'loaded' && !look.isStopped)
        looks.set(host.name, await lookAround(host, look, request.app.service, connections));
    }),
  );
  return { ...facts, looks };
}

async function lookAround(
  host: Host,
  look: HostLook & { readonly reached: true },
  unit: string,
  connections: ReadConnections,
): Promise<HostLook> {
  try {
    return { ...look, around: await lookAtUnit(await connections.session(host), unit, 'stop') };
  } catch (error) {
    if (error instanceof HostError) return { reached: false, reason: error.message };
    throw error;
  }
}

/** A host that does nothing now. */
function isIdle({ unit, health }: Extract<HostLook, { reached: true }>): boolean {
  return unit.activeState !== 'active' && health.state !== 'healthy';
}

/** A unit as `systemctl stop` leaves it. A unit that only starts other processes is inactive as well, but they answer. */
function isDown({ unit, health }: Extract<HostLook, { reached: true }>): boolean {
  return unit.loadState === 'loaded' && unit.activeState === 'inactive' && health.state !== 'healthy';
}

/**
 * Looks at the groups as they are now; changes nothing.
 * @throws {RefusedError} if a balancer cannot be asked
 */
export async function readPlaces(
  { app, places }: Pick<RestartRequest, 'app' | 'places'>,
  inventory: Inventory,
  connections: ReadConnections,
  records: Records,
): Promise<RestartFacts> {
  const all = await records.keptOut();
  const keptOut = new Map(all.filter((row) => row.app === app.name).map((row) => [row.host, row]));
  const balancers = await readBalancers(app, places, inventory, connections, records, keptOut);
  const members = [...new Set(places.flatMap((place) => place.members))];
  const looks = new Map(
    await Promise.all(
      members.map(async (host) => [host.name, await lookAt(host, app, connections)] as const),
    ),
  );
  const isKnown = new Set([...balancers.values()].flatMap((room) => [...room.members.keys()]));
  const idle = [...looks].flatMap(([host, look]) =>
    look.reached && isIdle(look) ? [{ host, hasRun: look.unit.hasRun || isKnown.has(host) }] : [],
  );
  return { looks, balancers, keptOut, notStarted: await readNotStarted(idle, app.name, records) };
}

async function readBalancers(
  app: AppConfig,
  places: readonly Place[],
  inventory: Inventory,
  connections: ReadConnections,
  operations: Operations,
  keptOut: RestartFacts['keptOut'],
): Promise<RestartFacts['balancers']> {
  const taken = await placesTaken(keptOut, operations);
  const balancers = new Map<string, BalancerLook>();
  for (const room of new Set(places.map((place) => place.room))) {
    const hosts = balancersOf(app, room, inventory);
    const { traffic } = app;
    if (traffic === undefined || hosts === undefined) continue;
    const here = places.filter((place) => place.room === room);
    const members = [...new Set(here.flatMap((place) => place.members))];
    const chosen = here.flatMap((place) => place.chosen.map(({ name }) => name));
    const look = roomTraffic(
      await orRefuse('who is in traffic cannot be read', async () => {
        await requireControlAt(traffic, hosts, connections);
        const views = await readBalancerViews(traffic, hosts, members, inventory, connections);
        return [...views, ...(await readOtherBackends(traffic, hosts, members, connections, taken))];
      }),
    );
    const left = new Map<string, string>();
    for (const name of chosen.filter((each) => !keptOut.has(each) && isLeftOut(look.members.get(each)))) {
      const operation = await leftOutBy(name, app.name, operations);
      if (operation !== undefined) left.set(name, operation);
    }
    balancers.set(room, { ...look, left });
  }
  return balancers;
}

/** The places where the operations that keep hosts out have taken them out. */
async function placesTaken(
  keptOut: RestartFacts['keptOut'],
  operations: Operations,
): Promise<readonly BalancerServer[]> {
  const ids = [...new Set([...keptOut.values()].map(({ operation }) => operation))];
  const records = await Promise.all(ids.map((id) => operations.show(id)));
  const steps = records.flatMap(({ plan }) =>
    plan.stages.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.steps)),
  );
  return steps.flatMap(({ action }) => (isLeave(action) ? serversOf(action) : []));
}

function isLeftOut(member: InTraffic | undefined): boolean {
  return member !== undefined && member.wanted.length === 0 && member.drained.length > 0;
}

async function lookAt(host: Host, app: AppConfig, connections: ReadConnections): Promise<HostLook> {
  try {
    const session = await connections.session(host);
    const probe = { check: app.health ?? null, unit: app.service };
    const [unit, health] = await Promise.all([
      readUnit(session, app.service),
      readHealth(async () => session, host, probe),
    ]);
    return { reached: true, unit, health };
  } catch (error) {
    if (error instanceof HostError) return { reached: false, reason: error.message };
    throw error;
  }
}
