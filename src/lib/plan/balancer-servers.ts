import type { BalancerServer } from './action.js';

/** A host's places in traffic, one at each balancer of its room. Plans of before have one. */
export interface WithServers {
  readonly server: BalancerServer;
  readonly servers?: readonly BalancerServer[];
}

export function serversOf({ server, servers }: WithServers): readonly BalancerServer[] {
  return servers ?? [server];
}

/** What an action has of them: `servers` only where there are several. Undefined for none. */
export function inAction(servers: readonly BalancerServer[]): WithServers | undefined {
  const [server] = servers;
  if (server === undefined) return undefined;
  return servers.length > 1 ? { server, servers } : { server };
}
