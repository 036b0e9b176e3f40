import type { HealthCheck } from '../config/config-types.js';
import { formatDuration } from '../duration.js';
import { type BalancerServer, serversOf, type WithServers } from '../layers/http/balancer-servers.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { AnyAction, Plan } from '../plan/plan.js';

export type TrafficActions = TrafficAction | LeaveAction | RejoinAction | DrainAction;

/**
 * Puts a host into traffic, or takes it out for good. `enrolled`: its balancers know it and check its health, and send it no
 * request yet.
 */
export interface TrafficAction extends WithServers {
  readonly kind: 'traffic';
  readonly wanted: 'enrolled' | 'in' | 'out';
  /** It comes back: what somebody else did to it at the balancer meanwhile stays. */
  readonly back?: true;
  /** It was shut: its balancers check its health anew before they send it a request. */
  readonly wasShut?: true;
}

/** Takes a host out of traffic for a while; it stays known to the balancer. */
export interface LeaveAction extends WithServers {
  readonly kind: 'leave';
  readonly floor: CapacityFloor;
  /** Nothing is to be done on the host itself: it may be silent. */
  readonly unasked?: true;
  /** The plan saw it in traffic: where it is out before the step began, somebody else took it out. */
  readonly wasIn?: true;
}

/** Takes a leave back, where the run that the plan saw goes on. */
export interface RejoinAction extends WithServers {
  readonly kind: 'rejoin';
  readonly unit: string;
  readonly invocation: string;
  /** The step that brings it back: once that is done there is nothing to take back. */
  readonly until?: string;
}

/** Waits until the requests that a host has are done. */
export interface DrainAction extends WithServers {
  readonly kind: 'drain';
  readonly withinMs: number;
  /** Then nobody comes any more, whoever persists, until it is made ready: maintenance. What is still open is a failure. */
  readonly shuts?: true;
}

/** How many hosts of a group must stay healthy, and in traffic where there is a balancer, when one goes. */
export interface CapacityFloor {
  readonly least: number;
  /** Node set of the whole group in the room. */
  readonly members: string;
  readonly unit: string;
  readonly check: HealthCheck | null;
  /** How long to wait for others to come back before giving up, in milliseconds. */
  readonly withinMs: number;
}

export const isTraffic = isKind<TrafficAction>('traffic');
export const isLeave = isKind<LeaveAction>('leave');

/** Whether once it is done its host gets requests. */
export function bringsIn(action: AnyAction): boolean {
  return isTraffic(action) && action.wanted === 'in';
}

/** Whether an operation brings hosts into traffic. */
export function joinsTraffic({ stages }: Pick<Plan, 'stages'>): boolean {
  return stages.some(({ lanes }) => lanes[0]?.steps.some(({ action }) => bringsIn(action)));
}

export const TRAFFIC_KINDS: KindsOf<TrafficActions> = {
  traffic: { describe: (action) => `${WORDS[action.wanted]} ${placeOf(action)}` },
  leave: { describe: (action) => `leave ${placeOf(action)}`, floor: ({ floor }) => floor },
  rejoin: { describe: (action) => `join ${placeOf(action)} again` },
  drain: {
    describe: ({ withinMs, shuts }) =>
      `until no request is left, for ${formatDuration(withinMs)} at most${shuts ? '; then shut for all' : ''}`,
    onlyLooks: true,
  },
};

const WORDS = { enrolled: 'be known, and get no request yet, at', in: 'join', out: 'leave' } as const;

function placeOf(action: WithServers): string {
  const servers = serversOf(action);
  const all = (of: (server: BalancerServer) => string) => [...new Set(servers.map(of))].join(', ');
  return `${all(({ backend }) => backend)} of ${all(({ balancer }) => balancer)}`;
}
