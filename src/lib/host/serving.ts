import type { Health } from './health-check.js';

/**
 * What the balancers of a room say of a host. none: the room has no balancer. up: one sends it requests and has checked
 * it. unchecked: one sends it requests, and asks nobody for their health. down: none sends it any.
 */
export type Seen = 'none' | 'up' | 'unchecked' | 'down';

/**
 * Whether capacity is lost when a host goes. A host that a balancer sees up serves, whatever our check says; where nobody
 * else has judged, one that could not be asked may serve.
 */
export function costs(seen: Seen, health: Health['state']): boolean {
  if (seen === 'down') return false;
  return seen === 'up' || health !== 'sick';
}

/** Whether a host is counted among those that are left when another goes: only where nobody doubts that it serves. */
export function counts(seen: Seen, health: Health['state']): boolean {
  if (seen === 'down' || health === 'sick') return false;
  return seen === 'up' || health === 'healthy';
}
