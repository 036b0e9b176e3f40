import type { Ledger } from '../ledger/ledger.js';
import { placesOf } from '../plan/places.js';
import type { Plan } from '../plan/plan.js';
import { restartsHosts } from '../plan/restarts-hosts.js';
import { History } from '../record/history.js';
import { statusOf } from '../record/status-of.js';
import { bringsIn, isLeave } from '../traffic/actions.js';
import { isStart, isStop } from '../unit/actions.js';

/** The part of the ledger that is read here. */
export type Operations = Pick<Ledger, 'list' | 'show'>;

/** How many operations are looked through, from the newest: a host that was left out before that is out on purpose. */
const LOOK_BACK = 20;

/**
 * The operation that took a host out of traffic for a restart and did not bring it back. Undefined if the last operation that
 * touched the host did bring it back.
 */
export async function leftOutBy(
  host: string,
  app: string,
  operations: Operations,
): Promise<string | undefined> {
  for (const { id } of await operations.list({ app, hosts: [host], limit: LOOK_BACK })) {
    const { plan, events } = await operations.show(id);
    const history = new History(events);
    if (!history.wasBegun(host)) continue;
    if (isSettledBy(plan, host, history)) return undefined;
    if (!restartsHosts(plan)) continue;
    const left = !['failed', 'not-started'].includes(statusOf(plan, host, history, isLeave));
    return left && statusOf(plan, host, history, bringsIn) !== 'done' ? id : undefined;
  }
  return undefined;
}

/** A host that is out after this is out on purpose. */
function isSettledBy({ kind, stages }: Plan, host: string, history: History): boolean {
  if (kind === 'traffic-drain') return true;
  if (kind !== 'traffic-ready' && kind !== 'traffic-repair') return false;
  const places = placesOf({ stages });
  const stage = places?.id ?? '';
  const lane = places?.lanes.find((each) => each.host === host);
  const isDone = (step: string) => history.state({ stage, lane: host, step }).status === 'done';
  return lane?.steps.some(({ id, action }) => bringsIn(action) && isDone(id)) ?? false;
}

/** Whether the last operation that stopped the application on a host to restart it has not started it again. */
export async function wasStoppedByRestart(
  host: string,
  app: string,
  operations: Operations,
): Promise<boolean> {
  for (const { id } of await operations.list({ app, hosts: [host], limit: LOOK_BACK })) {
    const { plan, events } = await operations.show(id);
    if (!restartsHosts(plan)) continue;
    const history = new History(events);
    const stopped = statusOf(plan, host, history, isStop);
    if (stopped === 'not-started') continue;
    return stopped !== 'failed' && statusOf(plan, host, history, isStart) !== 'done';
  }
  return false;
}
