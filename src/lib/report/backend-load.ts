import { setTimeout as sleep } from 'node:timers/promises';
import type { AppConfig } from '../config/config-types.js';
import { tellsOfHost } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import type { ReadBalancer } from '../layers/http/balancer.js';
import { fault } from '../layers/http/fault.js';
import { type Member, matchMembers } from '../layers/http/match.js';
import type { ReadConnections } from '../ssh/transport.js';
import { balancerAt } from '../traffic/traffic-facts.js';

export interface ServerLoad {
  /** Requests a second over the sample; null when they are not known. */
  readonly requests: number | null;
  readonly inTraffic: boolean;
}

/** The load of each host from a backend, by host name. */
export type BackendLoad = ReadonlyMap<string, ServerLoad>;

export interface BackendAnswer {
  readonly app: string;
  readonly room: string;
  readonly balancer: string;
  /** Undefined: it could not be read, and `message` says why. */
  readonly load: BackendLoad | undefined;
  readonly message: string;
}

/** Samples the balancers of some applications; each gives one answer, even when it fails. */
export async function readBackends(
  apps: readonly AppConfig[],
  inventory: Inventory,
  connections: ReadConnections,
  sampleMs: number,
  signal: AbortSignal,
): Promise<BackendAnswer[]> {
  const backends = apps.flatMap((app) => {
    const { traffic } = app;
    if (traffic === undefined) return [];
    return [...traffic.balancers].flatMap(([room, balancers]) =>
      balancers.map((balancer) => ({ app, traffic, room, balancer })),
    );
  });
  return await Promise.all(
    backends.map(async ({ app, traffic, room, balancer }) => {
      const about = { app: app.name, room, balancer };
      try {
        const members = membersOf(app, room, inventory);
        const at = await balancerAt(traffic, inventory.host(balancer), connections, signal);
        return { ...about, load: await readBackend(at, members, sampleMs, signal), message: '' };
      } catch (error) {
        if (!tellsOfHost(error) && !signal.aborted) throw error;
        return { ...about, load: undefined, message: error instanceof Error ? error.message : 'interrupted' };
      }
    }),
  );
}

/** By room, the sum of all its balancers that could be read. */
export function loadsByRoom(answers: readonly BackendAnswer[]): ReadonlyMap<string, BackendLoad> {
  const rooms = new Map<string, Map<string, ServerLoad>>();
  for (const { room, load } of answers) {
    if (load === undefined) continue;
    const sums = rooms.get(room) ?? new Map<string, ServerLoad>();
    rooms.set(room, sums);
    for (const [host, each] of load)
      sums.set(host, sumOf([...(sums.has(host) ? [sums.get(host) ?? each] : []), each]));
  }
  return rooms;
}

function membersOf(app: AppConfig, room: string, inventory: Inventory): Member[] {
  const hosts = [...app.groups.keys()].flatMap((group) => inventory.members(app.name, group, room));
  const port = app.traffic?.port ?? 0;
  return hosts.map(({ name, ssh }) => ({ name, address: ssh.address, port }));
}

/** @throws StepFailure of the balancer when it has no counters, or cannot be reached */
export async function readBackend(
  at: ReadBalancer,
  members: readonly Member[],
  sampleMs: number,
  signal: AbortSignal,
): Promise<BackendLoad> {
  if (!at.can.has('statistics')) throw fault(at.backend, 'counts no requests');
  const { byHost } = matchMembers(await at.readServers(), members, members);
  const before = await at.readStatistics();
  const startedAt = performance.now();
  await sleep(sampleMs, undefined, { signal });
  const after = await at.readStatistics();
  const seconds = (performance.now() - startedAt) / 1000;
  return new Map(
    [...byHost].map(([host, servers]) => {
      const loads = servers.flatMap(({ name }): ServerLoad[] => {
        const now = after.get(name);
        // The counters restart with the balancer, and with a server that was removed and added again.
        const more = (now?.requests ?? 0) - (before.get(name)?.requests ?? 0);
        return now ? [{ requests: more < 0 ? null : more / seconds, inTraffic: now.inTraffic }] : [];
      });
      return [host, sumOf(loads)];
    }),
  );
}

/** The load of a host from several servers or balancers that stand for it. */
function sumOf(loads: readonly ServerLoad[]): ServerLoad {
  const requests = loads.some((load) => load.requests === null)
    ? null
    : loads.reduce((sum, load) => sum + (load.requests ?? 0), 0);
  return { requests, inTraffic: loads.some(({ inTraffic }) => inTraffic) };
}
