import type { AppConfig } from '../config/config-types.js';
import type { Host } from '../names/host.js';
import type { RestartFacts } from './restart-facts.js';

/** The balancers of a room without the host in the backend of its application; empty if the room has no balancer. */
export function balancersWithout(
  { name }: Host,
  room: string,
  { traffic }: AppConfig,
  { balancers }: RestartFacts,
): readonly Host[] {
  const look = balancers.get(room);
  if (look === undefined || traffic === undefined) return [];
  const member = look.members.get(name);
  const known = [...(member?.wanted ?? []), ...(member?.drained ?? []), ...(member?.shut ?? [])];
  return look.balancers.filter(
    (balancer) =>
      !known.some((server) => server.balancer === balancer.name && server.backend === traffic.backend),
  );
}
