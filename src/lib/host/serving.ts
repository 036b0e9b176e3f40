import type { Health } from './health-check.js';

/**
 * What the balancers of a room say of a host. none: the room has no balancer. up: one sends it requests and has checked it.
 * unchecked: one sends it requests, and checks no server's health. down: none sends it any.
 */
export type Seen = 'none' | 'up' | 'unchecked' | 'down';

/**
 * Whether capacity is lost when a host leaves. A host that a balancer sees up serves, whatever our check says. If only our
 * check has judged, and it could not be made, the host may serve.
 */
export function costs(seen: Seen, health: Health['state']): boolean {
  if (seen === 'down') return false;
  return seen === 'up' || health !== 'sick';
}

/** Whether a host counts as left when another leaves: only if nothing suggests that it does not serve. */
export function counts(seen: Seen, health: Health['state']): boolean {
  if (seen === 'down' || health === 'sick') return false;
  return seen === 'up' || health === 'healthy';
}
