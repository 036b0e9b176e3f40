import type { HealthCheck } from '../config/config-types.js';
import { formatDuration } from '../duration.js';
import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { CapacityFloor } from '../traffic/actions.js';

export type UnitActions = ServiceAction | HealthAction | StopAction | StartAction | SidecarsAction;

/** Brings a unit to a state, at boot as well. */
export interface ServiceAction {
  readonly kind: 'service';
  readonly unit: string;
  readonly wanted: 'started' | 'stopped';
  /** Folders below /etc/systemd/system by which the template starts it at boot, such as `multi-user.target.wants`. */
  readonly wantedIn?: readonly string[];
}

/** Waits until a unit is healthy. */
export interface HealthAction {
  readonly kind: 'health';
  readonly check: HealthCheck;
  readonly url: string;
  readonly unit: string;
  /** Its places in traffic, out of which it is kept meanwhile. */
  readonly servers?: readonly BalancerServer[];
}

/**
 * Ends the run of a unit that the plan saw there. Once another run has begun, that one is left alone: so nothing is
 * restarted twice, whatever happened in between.
 */
export interface StopAction {
  readonly kind: 'stop';
  readonly unit: string;
  /** The InvocationID of that run (systemd.exec(5)); empty: not known, any run. */
  readonly invocation: string;
  /** Where no balancer knows who serves, capacity goes with the stop. */
  readonly floor?: CapacityFloor;
  /** Its places in traffic: it is taken out again where a balancer forgot it, right before the stop and meanwhile. */
  readonly servers?: readonly BalancerServer[];
  /** How long requests may take to end that come when it is not, in milliseconds. */
  readonly drainMs?: number;
}

/** Begins another run of a unit. */
export interface StartAction {
  readonly kind: 'start';
  readonly unit: string;
  /** A later step looks whether what went down with it is up again. */
  readonly sidecarsLater?: true;
  /** Its places in traffic, out of which it is kept meanwhile. */
  readonly servers?: readonly BalancerServer[];
  /**
   * The step that judges the run, and how it asks. A resume asks so whether a run that was never healthy is by now: if
   * not, it is ended and another begun, which reads what was mended.
   */
  readonly judged?: { readonly by: string; readonly url: string; readonly check: HealthCheck };
}

/** Starts again what went down with a unit, and holds that it is up. */
export interface SidecarsAction {
  readonly kind: 'sidecars';
  readonly unit: string;
}

export const isService = isKind<ServiceAction>('service');
export const isStop = isKind<StopAction>('stop');
export const isStart = isKind<StartAction>('start');

export const UNIT_KINDS: KindsOf<UnitActions> = {
  service: { describe: ({ unit, wanted }) => `${unit} ${wanted}`, unit: unitOf },
  health: {
    describe: ({ check }) => `${check.passes} passes in a row within ${formatDuration(check.withinMs)}`,
    unit: unitOf,
    onlyLooks: true,
  },
  stop: { describe: unitOf, unit: unitOf, floor: ({ floor }) => floor },
  // What it started may have died since.
  start: { describe: unitOf, unit: unitOf, resumesHere: true },
  sidecars: { describe: ({ unit }) => `what went down with ${unit} is up again`, unit: unitOf },
};

function unitOf({ unit }: { readonly unit: string }): string {
  return unit;
}
