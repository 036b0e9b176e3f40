import type { Ledger, OperationRecord } from '../ledger/ledger.js';
import { fold } from '../names/fold.js';
import { INSTALL, leavesStopped } from '../plan/leaves-stopped.js';
import { History } from '../record/history.js';
import { quoteWord } from '../shell/quote.js';

/** So many operations on a host are looked through, from the newest. */
const LOOK_BACK = 20;

/**
 * Those of the hosts on which an expansion has installed an application, and no operation has started it since: nobody has
 * forgotten them. What was started by hand is not known here.
 */
export async function readNotStarted(
  hosts: readonly string[],
  app: string,
  ledger: Pick<Ledger, 'list' | 'show'>,
): Promise<ReadonlySet<string>> {
  const records = new Map<string, Promise<OperationRecord>>();
  const recordOf = (id: string) => {
    const record = records.get(id) ?? ledger.show(id);
    records.set(id, record);
    return record;
  };
  const found = new Set<string>();
  for (const host of hosts)
    for (const { id } of await ledger.list({ app, hosts: [host], limit: LOOK_BACK })) {
      const last = whatWasDone(host, await recordOf(id));
      if (last === 'installed') found.add(host);
      if (last !== 'other') break;
    }
  return found;
}

/** What to type for them. */
export function startCommand(app: string, hosts: Iterable<string>): string {
  return `kuafu start --app ${app} ${quoteWord(fold(hosts))}`;
}

function whatWasDone(host: string, { plan, events }: OperationRecord): 'installed' | 'started' | 'other' {
  const history = new History(events);
  const isDone = (wanted: string) =>
    plan.stages.some(({ id: stage, lanes, standby }) =>
      [...lanes, ...standby].some(
        (lane) =>
          lane.name === host &&
          lane.steps.some(
            ({ id: step }) => step === wanted && history.state({ stage, lane: host, step }).status === 'done',
          ),
      ),
    );
  if (isDone('start')) return 'started';
  return leavesStopped(plan) && isDone(INSTALL) ? 'installed' : 'other';
}
