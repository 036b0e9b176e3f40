import type { AppConfig, TrafficConfig } from '../config/config-types.js';
import { RefusedError, sentenceOf, tellsOfHost } from '../errors.js';
import { type Seen, seenBy } from '../host/serving.js';
import type { Inventory } from '../inventory/inventory.js';
import { lookAtBalancer } from '../layers/http/adapters.js';
import { readServersInUse } from '../layers/http/backups.js';
import type { Backend, ReadBalancer } from '../layers/http/balancer.js';
import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { matchMembers, placeOf, serversByPlace, strangers } from '../layers/http/match.js';
import { isDrained, isInTraffic, isUp, isWanted, type ServerState } from '../layers/http/server-state.js';
import type { Host } from '../names/host.js';
import type { ReadConnections } from '../ssh/transport.js';

/** A host as the balancers of its room see it. */
export interface InTraffic {
  readonly seen: Exclude<Seen, 'none'>;
  /** At least one balancer sends it requests once it is up. With weight 0 everywhere it gets none, whatever a restart does. */
  readonly hasWeight: boolean;
  /** Its places at those balancers where it has not been taken out. */
  readonly wanted: readonly BalancerServer[];
  /** Its places where it was drained, as a restart does. */
  readonly drained: readonly BalancerServer[];
  /** Its places where it was taken out in another way, such as maintenance. */
  readonly shut: readonly BalancerServer[];
}

/** What the balancers of one room say. */
export interface RoomTraffic {
  readonly balancers: readonly Host[];
  /** Hosts that at least one of them knows. */
  readonly members: ReadonlyMap<string, InTraffic>;
  /** Why servers and hosts cannot be matched there, a sentence each. */
  readonly doubts: readonly string[];
}

/** One balancer of a room, its servers, and which server belongs to which host. */
export interface BalancerView {
  readonly host: Host;
  readonly backend: Backend;
  readonly servers: readonly ServerState[];
  readonly byHost: ReadonlyMap<string, readonly ServerState[]>;
  /** Servers with the name of one host and the address, or port, of another. */
  readonly doubts: readonly string[];
  /** A server that may be a host under another address. */
  readonly guesses: readonly string[];
}

/** The balancers of a room; undefined if the application has none there. */
export function balancersOf({ traffic }: AppConfig, room: string, inventory: Inventory): Host[] | undefined {
  return traffic?.balancers.get(room)?.map((name) => inventory.host(name));
}

/** Reads the room's balancers, each of which may send requests; changes nothing. Errors of a balancer are passed on. */
export async function readBalancerViews(
  traffic: TrafficConfig,
  balancers: readonly Host[],
  members: readonly Host[],
  inventory: Inventory,
  connections: Pick<ReadConnections, 'session'>,
): Promise<readonly BalancerView[]> {
  const known = [...inventory.hosts.values()].map(({ name, ssh }) => ({ name, address: ssh.address }));
  const { port } = traffic;
  return await Promise.all(
    balancers.map(async (host): Promise<BalancerView> => {
      const balancer = await balancerAt(traffic, host, connections);
      const servers = await readServersInUse(balancer);
      const wanted = members.map(({ name, ssh }) => ({ name, address: ssh.address, port }));
      const { byHost, doubts } = matchMembers(servers, wanted, known);
      const about = (sentence: string) => `${host.name}, backend ${traffic.backend}: ${sentence}`;
      const unmatched = members.find(({ name }) => !byHost.has(name));
      const foreign = strangers(servers, byHost, known).find(isUp);
      const guesses =
        foreign && unmatched
          ? [
              `server ${foreign.name} (${placeOf(foreign)}) is no host of the configuration, and ${unmatched.name} is none of its servers: give the server the address of its host, or its name`,
            ]
          : [];
      const { backend } = balancer;
      return { host, backend, servers, byHost, doubts: doubts.map(about), guesses: guesses.map(about) };
    }),
  );
}

/**
 * Other backends of the same balancers that also send requests to these hosts, for example a backend for one path or domain.
 * A backend counts too if a host is drained there, or was taken out there by an operation. Hosts are matched by address and
 * port alone. `taken`: places where an operation has taken a host out; there the host is found in whatever way it is out.
 */
export async function readOtherBackends(
  traffic: TrafficConfig,
  balancers: readonly Host[],
  members: readonly Host[],
  connections: Pick<ReadConnections, 'session'>,
  taken: readonly BalancerServer[] = [],
): Promise<readonly BalancerView[]> {
  const found = await Promise.all(
    balancers.map(async (host) => {
      const isTaken = (backend: string, name: string) =>
        taken.some((each) => each.balancer === host.name && each.backend === backend && each.name === name);
      const balancer = await balancerAt(traffic, host, connections);
      const others = [...(await serversElsewhere(balancer))];
      return others.map(([backend, servers]): BalancerView => {
        const used = servers.filter(
          (server) => isInTraffic(server) || isDrained(server) || isTaken(backend, server.name),
        );
        const ownOf = serversByPlace(used);
        const at = ({ ssh }: Host) => ownOf({ address: ssh.address, port: traffic.port });
        const byHost = new Map(members.map((member) => [member.name, at(member)] as const));
        for (const [name, own] of byHost) if (own.length === 0) byHost.delete(name);
        return { host, backend: { ...balancer.backend, backend }, servers, byHost, doubts: [], guesses: [] };
      });
    }),
  );
  return found.flat().filter(({ byHost }) => byHost.size > 0);
}

/** The servers of the other backends of a balancer, by backend; none if the balancer knows only one. */
export async function serversElsewhere(
  balancer: ReadBalancer,
): Promise<ReadonlyMap<string, readonly ServerState[]>> {
  if (!balancer.can.has('several-backends')) return new Map();
  const all = [...(await balancer.readAllServers())];
  return new Map(all.filter(([name]) => name !== balancer.backend.backend));
}

/**
 * Checks that the balancers accept commands from kuafu, before anything is changed.
 * @throws StepFailure of one that does not
 */
export async function requireControlAt(
  traffic: TrafficConfig,
  balancers: readonly Host[],
  connections: Pick<ReadConnections, 'session'>,
): Promise<void> {
  for (const host of balancers) await (await balancerAt(traffic, host, connections)).requireControl();
}

/** The balancer on a host, for the backend of an application. */
export async function balancerAt(
  { control, backend }: TrafficConfig,
  host: Host,
  connections: Pick<ReadConnections, 'session'>,
  signal?: AbortSignal,
): Promise<ReadBalancer> {
  const session = await connections.session(host, signal);
  return lookAtBalancer({ session, backend: { balancer: host.name, control, backend }, signal });
}

/** The views of a room's balancers as one: a host in traffic at one of them is in traffic. */
export function roomTraffic(views: readonly BalancerView[]): RoomTraffic {
  const names = new Set(views.flatMap(({ byHost }) => [...byHost.keys()]));
  const members = [...names].map((name): [string, InTraffic] => {
    const own = views.flatMap(({ backend, byHost }) =>
      (byHost.get(name) ?? []).map((state) => ({ state, server: serverAt(backend, state) })),
    );
    const those = (is: (state: ServerState) => boolean) =>
      own.filter(({ state }) => is(state)).map(({ server }) => server);
    const seen = seenBy(own.map(({ state }) => state).filter(isInTraffic));
    const hasWeight = own.some(({ state }) => state.weight > 0);
    const shut = those((state) => !isWanted(state) && !isDrained(state));
    return [name, { seen, hasWeight, wanted: those(isWanted), drained: those(isDrained), shut }];
  });
  return {
    balancers: [...new Set(views.map(({ host }) => host))],
    members: new Map(members),
    doubts: views.flatMap(({ doubts, guesses }) => (doubts.length > 0 ? doubts : guesses)),
  };
}

function serverAt(
  { balancer, control, backend }: Backend,
  { name, address, port }: ServerState,
): BalancerServer {
  return { balancer, control, backend, name, address, port };
}

/** Turns errors of a balancer during planning into a refusal, because nothing has changed yet. */
export async function orRefuse<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!tellsOfHost(error) || error instanceof RefusedError) throw error;
    throw new RefusedError(`refused, nothing was changed: ${what}: ${sentenceOf(error)}`, error.hint);
  }
}
