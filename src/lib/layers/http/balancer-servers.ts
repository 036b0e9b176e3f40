/**
 * One server of a backend, and the balancer host that has it. Found by address and port; the name is what it has there, which
 * need not be the host's.
 */
export interface BalancerServer {
  readonly balancer: string;
  /** How that balancer takes commands: to be handed on as it is, and taken apart by layers/http alone. */
  readonly control: string;
  readonly backend: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** What stands behind its address when it is added; absent: what stands there for its neighbours. */
  readonly options?: string;
}

/** A host's places in traffic, one at each balancer of its room. Plans of before have one. */
export interface WithServers {
  readonly server: BalancerServer;
  readonly servers?: readonly BalancerServer[];
}

export function serversOf({ server, servers }: WithServers): readonly BalancerServer[] {
  return placesOf(servers ?? [server]);
}

/** Places of a stored plan. Those made before balancers had kinds say `socket` for what is `control` now. */
export function placesOf(servers: readonly BalancerServer[] = []): readonly BalancerServer[] {
  return servers.map((server) => {
    if (!('socket' in server) || typeof server.socket !== 'string') return server;
    const { socket, ...place } = server;
    return { ...place, control: socket };
  });
}

/** What an action has of them: `servers` only where there are several. Undefined for none. */
export function inAction(servers: readonly BalancerServer[]): WithServers | undefined {
  const [server] = servers;
  if (server === undefined) return undefined;
  return servers.length > 1 ? { server, servers } : { server };
}
