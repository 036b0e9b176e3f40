import type { BalancerServer } from '../../plan/action.js';
import type { Session } from '../../ssh/transport.js';
import type { Runtime } from './runtime-socket.js';

/** The way to balancers, by the names of their hosts. */
export interface Reach {
  sessionOf(name: string): Promise<Session>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does the same at each balancer that gives a host requests. All of them end before the first error is thrown, so that
 * nothing goes on behind a step that has failed.
 */
export async function atEach<T>(
  servers: readonly BalancerServer[],
  reach: Reach,
  work: (runtime: Runtime, server: BalancerServer) => Promise<T>,
): Promise<readonly T[]> {
  const ends = await Promise.allSettled(
    servers.map(async (server) => {
      const session = await reach.sessionOf(server.balancer);
      return await work({ session, backend: server, signal: reach.signal }, server);
    }),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
}
