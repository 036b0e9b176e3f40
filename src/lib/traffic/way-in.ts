import type { AppConfig } from '../config/config-types.js';
import { capabilitiesAt } from '../layers/http/adapters.js';
import type { Capability } from '../layers/http/balancer.js';
import { type BalancerServer, inAction, type WithServers } from '../layers/http/balancer-servers.js';
import type { Host } from '../names/host.js';
import type { Step } from '../plan/plan.js';
import type { TrafficAction } from './actions.js';

/**
 * How a new host gets into traffic at the balancers of its room. If they can, the host is enrolled early: their own health
 * checks then run while kuafu waits for its health too. It gets requests only when it joins.
 */
export interface WayIn {
  readonly enrol: readonly Step<TrafficAction>[];
  readonly join: readonly Step<TrafficAction>[];
}

export function wayIn(
  { traffic }: AppConfig,
  balancers: readonly Host[],
  host: Host,
  can: (control: string) => ReadonlySet<Capability> = capabilitiesAt,
): WayIn {
  const at = traffic === undefined ? undefined : inAction(placesAt(traffic, balancers, host));
  if (at === undefined) return { enrol: [], join: [] };
  const leave: TrafficAction = { kind: 'traffic.member', wanted: 'out', ...at };
  const enrols = can(at.server.control).has('enrol-before-join');
  return {
    enrol: enrols ? [stepTo('enrol', 'enrolled', at, leave)] : [],
    join: [stepTo('join', 'in', at, leave)],
  };
}

function stepTo(
  id: string,
  wanted: 'enrolled' | 'in',
  at: WithServers,
  undo: TrafficAction,
): Step<TrafficAction> {
  return { id, title: id, action: { kind: 'traffic.member', wanted, ...at }, undo };
}

/** The place that a host will have at each balancer of the room. */
export function placesAt(
  { control, backend, port, server: options }: NonNullable<AppConfig['traffic']>,
  balancers: readonly Host[],
  host: Host,
): BalancerServer[] {
  return balancers.map((balancer) => ({
    balancer: balancer.name,
    control,
    backend,
    name: host.name,
    address: host.ssh.address,
    port,
    ...(options === undefined ? {} : { options }),
  }));
}
