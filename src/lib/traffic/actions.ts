import type { HealthCheck } from '../config/config-types.js';
import { formatDuration } from '../duration.js';
import { type BalancerServer, serversOf, type WithServers } from '../layers/http/balancer-servers.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { AnyAction, Plan } from '../plan/plan.js';

export type TrafficActions = TrafficAction | LeaveAction | RejoinAction | DrainAction;

/**
 * Puts a host into traffic, or takes it out for good. `enrolled`: its balancers know it and check its health, but send it no
 * requests yet.
 */
export interface TrafficAction extends WithServers {
  readonly kind: 'traffic.member';
  readonly wanted: 'enrolled' | 'in' | 'out';
  /** The host comes back to traffic: changes that others made to it at the balancer meanwhile stay. */
  readonly back?: true;
  /** The host was shut: its balancers check its health again before they send it a request. */
  readonly wasShut?: true;
}

/** Takes a host out of traffic for a while; the balancer still knows it. */
export interface LeaveAction extends WithServers {
  readonly kind: 'traffic.leave';
  readonly floor: CapacityFloor;
  /** Nothing is done on the host itself, so it need not answer. */
  readonly unasked?: true;
  /** The plan saw it in traffic: if it is out before the step begins, another operator or operation took it out. */
  readonly wasIn?: true;
}

/** Undoes a leave, if the run that the plan saw still goes on. */
export interface RejoinAction extends WithServers {
  readonly kind: 'traffic.rejoin';
  readonly unit: string;
  readonly invocation: string;
  /** The step that brings it back to traffic: once that is done, nothing has to be undone. */
  readonly until?: string;
}

/** Waits until the requests that a host has are finished. */
export interface DrainAction extends WithServers {
  readonly kind: 'traffic.drain';
  readonly withinMs: number;
  /**
   * Afterwards the host gets no requests, not even from persistent sessions, until it is made ready: maintenance. Requests
   * that are still open are a failure.
   */
  readonly shuts?: true;
}

/** How many hosts of a group must stay healthy when one leaves; if there is a balancer, also in traffic. */
export interface CapacityFloor {
  readonly least: number;
  /** Node set of the whole group in the room. */
  readonly members: string;
  readonly unit: string;
  readonly check: HealthCheck | null;
  /** How long to wait for other hosts to come back before giving up, in milliseconds. */
  readonly withinMs: number;
}

export const isTraffic = isKind<TrafficAction>('traffic.member');
export const isLeave = isKind<LeaveAction>('traffic.leave');

/** Whether its host gets requests once the action is done. */
export function bringsIn(action: AnyAction): boolean {
  return isTraffic(action) && action.wanted === 'in';
}

/** Whether an operation brings hosts into traffic. */
export function joinsTraffic({ stages }: Pick<Plan, 'stages'>): boolean {
  return stages.some(({ lanes }) => lanes[0]?.steps.some(({ action }) => bringsIn(action)));
}

export const TRAFFIC_KINDS: KindsOf<TrafficActions> = {
  'traffic.member': {
    describe: (action) => `${WORDS[action.wanted]} ${placeOf(action)}`,
    takingBack: ({ wanted }) => (wanted === 'in' ? BACK : 'out of traffic'),
  },
  'traffic.leave': { describe: (action) => `leave ${placeOf(action)}`, floor: ({ floor }) => floor },
  'traffic.rejoin': { describe: (action) => `join ${placeOf(action)} again`, takingBack: () => BACK },
  'traffic.drain': {
    describe: ({ withinMs, shuts }) =>
      `until no request is left, for ${formatDuration(withinMs)} at most${shuts ? '; then shut for all' : ''}`,
    onlyLooks: true,
  },
};

const BACK = 'back in traffic';
const WORDS = { enrolled: 'be known, and get no request yet, at', in: 'join', out: 'leave' } as const;

function placeOf(action: WithServers): string {
  const servers = serversOf(action);
  const all = (of: (server: BalancerServer) => string) => [...new Set(servers.map(of))].join(', ');
  return `${all(({ backend }) => backend)} of ${all(({ balancer }) => balancer)}`;
}
