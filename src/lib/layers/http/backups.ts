import type { ReadBalancer } from './balancer.js';
import { isInTraffic, type ServerState, type ServerStatistics } from './server-state.js';

/**
 * The servers of a backend, with the backup servers that are not used now. A balancer without statistics has none.
 * @throws like the methods of ReadBalancer
 */
export async function readServersInUse(
  balancer: Pick<ReadBalancer, 'can' | 'readServers' | 'readStatistics'>,
): Promise<readonly ServerState[]> {
  if (!balancer.can.has('statistics')) return await balancer.readServers();
  const [servers, statistics] = await Promise.all([balancer.readServers(), balancer.readStatistics()]);
  return withIdleBackups(servers, statistics);
}

/** A backup server is idle while any other server is in traffic. */
export function withIdleBackups(
  servers: readonly ServerState[],
  statistics: ReadonlyMap<string, Pick<ServerStatistics, 'isBackup'>>,
): readonly ServerState[] {
  const isBackup = ({ name }: ServerState) => statistics.get(name)?.isBackup === true;
  if (!servers.some((server) => isInTraffic(server) && !isBackup(server))) return servers;
  return servers.map((server) => (isBackup(server) ? { ...server, isIdleBackup: true } : server));
}
