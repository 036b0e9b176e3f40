/**
 * One server of a backend, and the balancer host that has it. It is found by address and port; its name there may differ from
 * the host's name.
 */
export interface BalancerServer {
  readonly balancer: string;
  /** How that balancer takes commands. Passed on unchanged; only layers/http reads its parts. */
  readonly control: string;
  readonly backend: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** The options after its address when it is added; absent: the options of its neighbours. */
  readonly options?: string;
}

/** A host's places in traffic, one at each balancer of its room. Older plans have only one. */
export interface WithServers {
  readonly server: BalancerServer;
  readonly servers?: readonly BalancerServer[];
}

export function serversOf({ server, servers }: WithServers): readonly BalancerServer[] {
  return placesOf(servers ?? [server]);
}

/** Places of a stored plan. Plans from before several balancer products have `socket` instead of `control`. */
export function placesOf(servers: readonly BalancerServer[] = []): readonly BalancerServer[] {
  return servers.map((server) => {
    if (!('socket' in server) || typeof server.socket !== 'string') return server;
    const { socket, ...place } = server;
    return { ...place, control: socket };
  });
}

/** The form in an action: `servers` only if there are several. Undefined for none. */
export function inAction(servers: readonly BalancerServer[]): WithServers | undefined {
  const [server] = servers;
  if (server === undefined) return undefined;
  return servers.length > 1 ? { server, servers } : { server };
}
