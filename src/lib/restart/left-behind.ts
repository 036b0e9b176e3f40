import type { Ledger } from '../ledger/ledger.js';
import type { Plan } from '../plan/plan.js';
import { restartsHosts } from '../plan/restarts-hosts.js';
import { History } from '../record/history.js';

/** What is asked of the ledger. */
export type Operations = Pick<Ledger, 'list' | 'show'>;

/** So many operations are looked through, from the newest: a host that was left out longer ago is somebody's wish. */
const LOOK_BACK = 20;

/**
 * The operation that took a host out of traffic to restart it and did not bring it back; undefined where the last one
 * that touched it did.
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
    const stage = plan.stages[0]?.id ?? '';
    const statusOf = (step: string) => history.state({ stage, host, step }).status;
    if (isSettledBy(plan, host, statusOf)) return undefined;
    if (!restartsHosts(plan)) continue;
    const left = !['failed', 'not-started'].includes(statusOf('leave'));
    return left && statusOf('join') !== 'done' ? id : undefined;
  }
  return undefined;
}

/** Whoever is out after that is out as somebody wished it. */
function isSettledBy({ operation, stages }: Plan, host: string, statusOf: (step: string) => string): boolean {
  if (operation === 'traffic-drain') return true;
  if (operation !== 'traffic-ready' && operation !== 'traffic-repair') return false;
  const lane = stages[0]?.lanes.find((each) => each.host === host);
  // Those of a host of several applications have the name of one at their end.
  return lane?.steps.some(({ id }) => id.startsWith('join') && statusOf(id) === 'done') ?? false;
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
    const stage = plan.stages[0]?.id ?? '';
    const statusOf = (step: string) => history.state({ stage, host, step }).status;
    if (statusOf('stop') === 'not-started') continue;
    return statusOf('stop') !== 'failed' && statusOf('start') !== 'done';
  }
  return false;
}
