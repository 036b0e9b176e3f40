import type { HealthCheck } from '../config/config-types.js';
import { formatDuration } from '../duration.js';
import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { CapacityFloor } from '../traffic/actions.js';

export type UnitActions = ServiceAction | HealthAction | StopAction | StartAction | SidecarsAction;

/** Brings a unit to a state, now and at boot. */
export interface ServiceAction {
  readonly kind: 'unit.state';
  readonly unit: string;
  readonly wanted: 'started' | 'stopped';
  /** Folders below /etc/systemd/system through which the template starts it at boot, such as `multi-user.target.wants`. */
  readonly wantedIn?: readonly string[];
}

/** Waits until a unit is healthy. */
export interface HealthAction {
  readonly kind: 'unit.health';
  readonly check: HealthCheck;
  readonly url: string;
  readonly unit: string;
  /** Its servers at the balancers; it is kept out of traffic meanwhile. */
  readonly servers?: readonly BalancerServer[];
}

/**
 * Ends the run of a unit that was there when the plan was made. If another run has begun since, that one is left alone: so
 * nothing is restarted twice, whatever happened in between.
 */
export interface StopAction {
  readonly kind: 'unit.stop';
  readonly unit: string;
  /** The InvocationID of that run (systemd.exec(5)); empty: not known, end any run. */
  readonly invocation: string;
  /** Set if no balancer knows which hosts serve: then the stop takes capacity away. */
  readonly floor?: CapacityFloor;
  /**
   * Its servers at the balancers. Right before the stop and during it, the host is drained again if a balancer forgot the
   * drain.
   */
  readonly servers?: readonly BalancerServer[];
  /** Its servers that were out when the plan was made, and stay out. If one is in traffic now, the unit is not stopped. */
  readonly stillOut?: readonly BalancerServer[];
  /** If the host has to be drained again: how long its requests may take to end, in milliseconds. */
  readonly drainMs?: number;
}

/** Starts a new run of a unit. */
export interface StartAction {
  readonly kind: 'unit.start';
  readonly unit: string;
  /** A later step checks that the units stopped with it are up again. */
  readonly sidecarsLater?: true;
  /** Its servers at the balancers; it is kept out of traffic meanwhile. */
  readonly servers?: readonly BalancerServer[];
  /**
   * The step that judges the run, and its health check. A resume uses them on a run that was never healthy: if it still is
   * not, it is ended and a new one is started, which reads what was repaired.
   */
  readonly judged?: { readonly by: string; readonly url: string; readonly check: HealthCheck };
}

/** Starts again the units that were stopped with a unit, and checks that they are up. */
export interface SidecarsAction {
  readonly kind: 'unit.sidecars';
  readonly unit: string;
}

export const isHealth = isKind<HealthAction>('unit.health');
export const isService = isKind<ServiceAction>('unit.state');
export const isStop = isKind<StopAction>('unit.stop');
export const isStart = isKind<StartAction>('unit.start');

export const UNIT_KINDS: KindsOf<UnitActions> = {
  'unit.state': {
    describe: ({ unit, wanted }) => `${unit} ${wanted}`,
    takingBack: ({ wanted }) => `service ${wanted}`,
    unit: unitOf,
  },
  'unit.health': {
    describe: ({ check }) => `${check.passes} passes in a row within ${formatDuration(check.withinMs)}`,
    unit: unitOf,
    request: ({ check, url }) => [
      ...['curl', '-sSi', '-m', `${Math.ceil(check.timeoutMs / 1000)}`],
      ...(check.host === undefined ? [] : ['-H', `Host: ${check.host}`]),
      ...(check.insecure === true ? ['-k'] : []),
      url,
    ],
    onlyLooks: true,
  },
  'unit.stop': { describe: unitOf, unit: unitOf, floor: ({ floor }) => floor },
  // What it started may have stopped since.
  'unit.start': { describe: unitOf, unit: unitOf, resumesHere: true },
  'unit.sidecars': { describe: ({ unit }) => `what went down with ${unit} is up again`, unit: unitOf },
};

function unitOf({ unit }: { readonly unit: string }): string {
  return unit;
}
