import { setTimeout as sleep } from 'node:timers/promises';
import type { AppConfig } from '../config/config-types.js';
import { KuafuError } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import { readServerLoads } from '../layers/http/haproxy.js';
import type { BalancerServer } from '../plan/plan.js';
import { StepFailure } from '../run/step-handler.js';
import type { Connections } from '../ssh/transport.js';

/** What each server of a backend gets: requests a second over the sample, null where they cannot be told. */
export type BackendLoad = ReadonlyMap<
  string,
  { readonly requests: number | null; readonly inTraffic: boolean }
>;

export interface BackendAnswer {
  readonly app: string;
  readonly room: string;
  readonly balancer: string;
  /** Undefined: it could not be read, and `message` says why. */
  readonly load: BackendLoad | undefined;
  readonly message: string;
}

/** Watches the balancers of some applications for a while; each gives an answer, whatever happens to it. */
export async function readBackends(
  apps: readonly AppConfig[],
  inventory: Inventory,
  connections: Connections,
  sampleMs: number,
  signal: AbortSignal,
): Promise<BackendAnswer[]> {
  const backends = apps.flatMap(({ name: app, traffic }) =>
    [...(traffic?.haproxy ?? [])].map(([room, balancer]) => {
      const server = { balancer, socket: traffic?.socket ?? '', backend: traffic?.backend ?? '' };
      return { app, room, server: { ...server, name: '', address: '', port: traffic?.port ?? 0 } };
    }),
  );
  return await Promise.all(
    backends.map(async ({ app, room, server }) => {
      const about = { app, room, balancer: server.balancer };
      try {
        const load = await readBackend(server, inventory, connections, sampleMs, signal);
        return { ...about, load, message: '' };
      } catch (error) {
        if (!(error instanceof KuafuError || error instanceof StepFailure) && !signal.aborted) throw error;
        return { ...about, load: undefined, message: error instanceof Error ? error.message : 'interrupted' };
      }
    }),
  );
}

async function readBackend(
  server: BalancerServer,
  inventory: Inventory,
  connections: Connections,
  sampleMs: number,
  signal: AbortSignal,
): Promise<BackendLoad> {
  const session = await connections.session(inventory.host(server.balancer), signal);
  const before = await readServerLoads(session, server);
  const startedAt = performance.now();
  await sleep(sampleMs, undefined, { signal });
  const after = await readServerLoads(session, server);
  const seconds = (performance.now() - startedAt) / 1000;
  return new Map(
    [...after].map(([name, { requests, inTraffic }]) => {
      // Counts begin anew with the balancer, and with a server that was taken out and added again.
      const more = requests - (before.get(name)?.requests ?? 0);
      return [name, { requests: more < 0 ? null : more / seconds, inTraffic }];
    }),
  );
}
