import type { Health } from './health-check.js';

/**
 * What the balancers of a room say of a host. none: the room has no balancer. up: one sends it requests and has checked it.
 * unchecked: one sends it requests, and checks no server's health. backup: it gets requests only when no other host does.
 * down: none sends it any.
 */
export type Seen = 'none' | 'up' | 'unchecked' | 'backup' | 'down';

/** What balancers say of a host by its servers that are in traffic. */
export function seenBy(
  active: readonly { readonly isChecked: boolean; readonly isIdleBackup?: boolean }[],
): Exclude<Seen, 'none'> {
  if (active.length === 0) return 'down';
  const used = active.filter(({ isIdleBackup }) => isIdleBackup !== true);
  if (used.length === 0) return 'backup';
  return used.some(({ isChecked }) => isChecked) ? 'up' : 'unchecked';
}

/**
 * Whether capacity is lost when a host leaves. A host that a balancer sees up serves, whatever our check says. If only our
 * check has judged, and it could not be made, the host may serve.
 */
export function costs(seen: Seen, health: Health['state']): boolean {
  if (seen === 'down' || seen === 'backup') return false;
  return seen === 'up' || health !== 'sick';
}

/** Whether a host counts as left when another leaves: only if nothing suggests that it does not serve. */
export function counts(seen: Seen, health: Health['state']): boolean {
  if (seen === 'down' || seen === 'backup' || health === 'sick') return false;
  return seen === 'up' || health === 'healthy';
}
