import type { AppConfig } from '../config/config-types.js';
import type { Inventory } from '../inventory/inventory.js';
import type { ReadBalancer } from '../layers/http/balancer.js';
import { placeOf } from '../layers/http/match.js';
import {
  isDrained,
  isUp,
  isWanted,
  type ServerState,
  type ServerStatistics,
} from '../layers/http/server-state.js';
import type { KeptOut } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import type { ReadConnections } from '../ssh/transport.js';
import { type BalancerView, balancerAt, readBalancerViews } from './traffic-facts.js';

/**
 * The state of a host at a balancer. backup: it gets requests only when no other host does. missing: it should be in traffic, and
 * the balancer has no server for it. unclear: it is matched with no server, but one of the servers may be this host (`doubts`).
 * extra: a server of a host that is in no group of the application, or of no known host. not started: an expansion installed the application,
 * and it was never started since. forgotten: an operator keeps it out, but it gets requests again. Right are
 * `in traffic` and `backup`, and `drained` if an operator keeps the host out.
 */
export type TrafficState =
  | 'in traffic'
  | 'backup'
  | 'missing'
  | 'unclear'
  | 'not started'
  | 'drained'
  | 'forgotten'
  | 'maintenance'
  | 'no weight'
  | 'down'
  | 'extra';

export interface TrafficRow {
  readonly app: string;
  readonly room: string;
  readonly balancer: string;
  /** Empty for a server of no known host. */
  readonly host: string;
  /** The balancer's name for it; empty: the balancer has no server for it. */
  readonly server: string;
  readonly address: string;
  readonly state: TrafficState;
  readonly weight: number | null;
  /** Requests that the host has now. */
  readonly sessions: number | null;
  /** Who keeps it out, if an operator does. */
  readonly drained: Omit<KeptOut, 'host' | 'app'> | null;
}

/** What one balancer says of one application. */
export interface TrafficAnswer {
  readonly app: string;
  readonly room: string;
  readonly balancer: string;
  readonly rows: readonly TrafficRow[];
  /** Servers with the name of one host and the address of another, and other servers that cannot be matched, a sentence each. */
  readonly doubts: readonly string[];
}

/** A balancer that could not be asked, and why. */
export interface SilentBalancer extends Pick<TrafficRow, 'app' | 'room' | 'balancer'> {
  readonly message: string;
}

export interface TrafficReport {
  readonly answers: readonly TrafficAnswer[];
  readonly silent: readonly SilentBalancer[];
}

/** Members of an application in a room, from the configuration and the ledger, each once. */
export function membersIn(app: AppConfig, room: string, inventory: Inventory): Host[] {
  return [...new Set([...app.groups.keys()].flatMap((group) => inventory.members(app.name, group, room)))];
}

/**
 * Reads one balancer; changes nothing.
 * @throws what the balancer and the connection to it throw
 */
export async function readTraffic(
  app: AppConfig,
  room: string,
  balancer: Host,
  inventory: Inventory,
  connections: Pick<ReadConnections, 'session'>,
  keptOut: readonly KeptOut[],
): Promise<TrafficAnswer> {
  const { traffic } = app;
  if (traffic === undefined) throw new Error(`${app.name} has no balancer`);
  const members = membersIn(app, room, inventory);
  const [view] = await readBalancerViews(traffic, [balancer], members, inventory, connections);
  const statistics = await countsAt(await balancerAt(traffic, balancer, connections));
  const about = { app: app.name, room, balancer: balancer.name };
  const kept = new Map(keptOut.filter((row) => row.app === app.name).map((row) => [row.host, row]));
  if (view === undefined) return { ...about, rows: [], doubts: [] };
  const { doubts, guesses } = view;
  return {
    ...about,
    rows: rowsOf(about, view, members, statistics, kept, traffic.port),
    doubts: [...doubts, ...guesses],
  };
}

/** What a balancer counts for each server; empty if it counts nothing. */
export async function countsAt(balancer: ReadBalancer): Promise<ReadonlyMap<string, ServerStatistics>> {
  return balancer.can.has('statistics') ? await balancer.readStatistics() : new Map();
}

type About = Pick<TrafficRow, 'app' | 'room' | 'balancer'>;

function rowsOf(
  about: About,
  { servers, byHost, doubts, guesses }: BalancerView,
  members: readonly Host[],
  statistics: ReadonlyMap<string, ServerStatistics>,
  kept: ReadonlyMap<string, KeptOut>,
  port: number,
): TrafficRow[] {
  const row = (host: string, server: ServerState, state: TrafficState): TrafficRow => ({
    ...about,
    host,
    server: server.name,
    address: placeOf(server),
    state,
    weight: server.weight,
    sessions: statistics.get(server.name)?.sessions ?? null,
    drained: drainedOf(kept.get(host)),
  });
  const unmatched: TrafficState = doubts.length + guesses.length > 0 ? 'unclear' : 'missing';
  const known = members.flatMap(({ name, ssh }) => {
    const own = byHost.get(name) ?? [];
    const isKept = kept.has(name);
    if (own.length > 0) return own.map((server) => row(name, server, stateOf(server, isKept)));
    const unknown = { server: '', weight: null, sessions: null, drained: drainedOf(kept.get(name)) };
    const address = placeOf({ address: ssh.address, port });
    const state: TrafficState = isKept ? 'drained' : unmatched;
    return [{ ...about, host: name, address, state, ...unknown }];
  });
  const matched = new Set([...byHost.values()].flat());
  const others = servers.filter((server) => !matched.has(server) && !server.isFree);
  return [...known, ...others.map((server) => row('', server, 'extra'))];
}

function drainedOf(kept: KeptOut | undefined): TrafficRow['drained'] {
  if (kept === undefined) return null;
  const { operator, since, operation } = kept;
  return { operator, since, operation };
}

function stateOf(server: ServerState, isKept: boolean): TrafficState {
  if (isKept) return isWanted(server) ? 'forgotten' : 'drained';
  if (isDrained(server) || (isWanted(server) && server.isOutByTracking)) return 'drained';
  if (!isWanted(server)) return 'maintenance';
  if (!isUp(server)) return 'down';
  if (server.weight === 0) return 'no weight';
  return server.isIdleBackup === true ? 'backup' : 'in traffic';
}

/** Whether something differs from the configuration and the ledger. A server of no known host is none of kuafu's business. */
export function isTrafficFinding({ rows, doubts }: Pick<TrafficAnswer, 'rows' | 'doubts'>): boolean {
  const isRight = ({ state, drained }: TrafficRow) =>
    state === 'in traffic' ||
    state === 'backup' ||
    state === 'extra' ||
    state === 'not started' ||
    (state === 'drained' && drained !== null);
  return doubts.length > 0 || !rows.every(isRight);
}
