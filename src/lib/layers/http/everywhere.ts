import type { ReadSession, Session } from '../../ssh/transport.js';
import { lookAtBalancer, openBalancer } from './adapters.js';
import type { Balancer, ReadBalancer } from './balancer.js';
import type { BalancerServer } from './balancer-servers.js';

/** How to reach balancers, by host name. */
export interface Reach<S extends ReadSession = Session> {
  sessionOf(name: string): Promise<S>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does the same at each balancer that gives a host requests. All calls end before the first error is thrown, so that nothing
 * continues after the step has failed.
 */
export async function atEach<T>(
  servers: readonly BalancerServer[],
  reach: Reach,
  work: (balancer: Balancer, server: BalancerServer) => Promise<T>,
): Promise<readonly T[]> {
  return await allOf(servers, async (server) => await work(await balancerOf(server, reach), server));
}

/** The same for reads. */
export async function askEach<T>(
  servers: readonly BalancerServer[],
  { sessionOf, signal }: Reach<ReadSession>,
  work: (balancer: ReadBalancer, server: BalancerServer) => Promise<T>,
): Promise<readonly T[]> {
  return await allOf(servers, async (server) => {
    const session = await sessionOf(server.balancer);
    return await work(lookAtBalancer({ session, backend: server, signal }), server);
  });
}

async function allOf<T>(
  servers: readonly BalancerServer[],
  work: (server: BalancerServer) => Promise<T>,
): Promise<readonly T[]> {
  const ends = await Promise.allSettled(servers.map(work));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
}

/** The balancer of a place. */
export async function balancerOf(server: BalancerServer, { sessionOf, signal }: Reach): Promise<Balancer> {
  return openBalancer({ session: await sessionOf(server.balancer), backend: server, signal });
}
