import type { AppConfig } from '../config/config-types.js';
import { NoHostReachedError, RefusedError, sentenceOf } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Host } from '../inventory/inventory-types.js';
import { readServersWanted } from '../layers/http/haproxy.js';
import { StepFailure } from '../run/step-handler.js';
import { HostError } from '../ssh/connect-error.js';
import type { Connections } from '../ssh/transport.js';
import { isHealthy } from './health-check.js';
import { leftOutBy, type Operations } from './restart-left.js';
import type { Place, RestartRequest } from './restart-request.js';
import { readUnit, type UnitState } from './unit.js';

/** What a host was like when it was looked at. */
export type HostLook =
  | { readonly reached: true; readonly unit: UnitState; readonly healthy: boolean }
  | { readonly reached: false; readonly reason: string };

/** What planning needs to know of the world; all read beforehand. */
export interface RestartFacts {
  /** Every member of the groups, by name. */
  readonly looks: ReadonlyMap<string, HostLook>;
  /** The balancer of each room that has one. */
  readonly balancers: ReadonlyMap<string, BalancerLook>;
}

export interface BalancerLook {
  readonly host: Host;
  /** Servers that nobody has taken out. */
  readonly wanted: ReadonlySet<string>;
  /** Servers that an earlier operation took out and never brought back, and which one that was. */
  readonly left: ReadonlyMap<string, string>;
}

/**
 * Looks at the groups as they are now; changes nothing.
 * @throws {RefusedError} when a balancer cannot be asked, {NoHostReachedError} when no host to be restarted is reached
 */
export async function readRestartFacts(
  { app, places }: RestartRequest,
  inventory: Inventory,
  connections: Connections,
  operations: Operations,
): Promise<RestartFacts> {
  const balancers = await readBalancers(app, places, inventory, connections, operations);
  const members = [...new Set(places.flatMap((place) => place.members))];
  const looks = new Map(
    await Promise.all(
      members.map(async (host) => [host.name, await lookAt(host, app, connections)] as const),
    ),
  );
  const reasons = places
    .flatMap((place) => place.chosen)
    .map(({ name }) => {
      const look = looks.get(name);
      return look?.reached === false ? look.reason : '';
    });
  if (!reasons.includes('')) throw new NoHostReachedError(`no host could be reached: ${reasons[0]}`);
  return { looks, balancers };
}

async function readBalancers(
  { name: app, traffic }: AppConfig,
  places: readonly Place[],
  inventory: Inventory,
  connections: Connections,
  operations: Operations,
): Promise<RestartFacts['balancers']> {
  const balancers = new Map<string, BalancerLook>();
  const chosen = places.flatMap((place) => place.chosen.map((host) => host.name));
  for (const room of new Set(places.map((place) => place.room))) {
    const name = traffic?.haproxy.get(room);
    if (traffic === undefined || name === undefined) continue;
    const host = inventory.host(name);
    const { socket, backend } = traffic;
    try {
      const session = await connections.session(host);
      const { wanted, drained } = await readServersWanted(session, { balancer: name, socket, backend });
      const left = new Map<string, string>();
      for (const server of chosen.filter((each) => drained.has(each))) {
        const operation = await leftOutBy(server, app, operations);
        if (operation !== undefined) left.set(server, operation);
      }
      balancers.set(room, { host, wanted, left });
    } catch (error) {
      if (!(error instanceof HostError || error instanceof StepFailure)) throw error;
      throw new RefusedError(
        `refused, nothing was changed: who is in traffic cannot be read: ${sentenceOf(error)}`,
        error instanceof HostError ? error.hint : undefined,
      );
    }
  }
  return balancers;
}

async function lookAt(host: Host, app: AppConfig, connections: Connections): Promise<HostLook> {
  try {
    const session = await connections.session(host);
    const probe = { check: app.health ?? null, unit: app.service };
    const [unit, healthy] = await Promise.all([
      readUnit(session, app.service),
      isHealthy(async () => session, host, probe),
    ]);
    return { reached: true, unit, healthy };
  } catch (error) {
    if (error instanceof HostError) return { reached: false, reason: error.message };
    throw error;
  }
}
