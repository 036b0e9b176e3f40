import type { Ledger, OperationRecord } from '../ledger/ledger.js';
import { fold } from '../names/fold.js';
import type { AnyAction } from '../plan/plan.js';
import { History } from '../record/history.js';
import { quoteWord } from '../shell/quote.js';
import type { TrafficAnswer } from '../traffic/traffic-status.js';
import { isService, isStart } from './actions.js';
import { installsOnly } from './installs-only.js';

/** How many operations on a host are looked through, from the newest. */
const LOOK_BACK = 20;

/**
 * The hosts on which an expansion has installed an application, and no operation has started it since. No balancer has
 * forgotten these hosts. A start by hand is not known here.
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

/** The command that starts the application on these hosts. */
export function startCommand(app: string, hosts: Iterable<string>): string {
  return `kuafu start --app ${app} ${quoteWord(fold(hosts))}`;
}

/** The traffic, with hosts that were never started told apart from hosts that a balancer has forgotten. */
export async function withNotStarted(
  answer: TrafficAnswer,
  ledger: Pick<Ledger, 'list' | 'show'>,
): Promise<TrafficAnswer> {
  const missing = answer.rows.flatMap(({ host, state }) => (state === 'missing' ? [host] : []));
  const hosts = await readNotStarted(missing, answer.app, ledger);
  const rows = answer.rows.map((row) =>
    hosts.has(row.host) && row.state === 'missing' ? { ...row, state: 'not started' as const } : row,
  );
  return { ...answer, rows };
}

function whatWasDone(host: string, { plan, events }: OperationRecord): 'installed' | 'started' | 'other' {
  const history = new History(events);
  const isDone = (does: (action: AnyAction) => boolean) =>
    plan.stages.some(({ id: stage, lanes, standby }) =>
      [...lanes, ...standby].some(
        (lane) =>
          lane.name === host &&
          lane.steps.some(
            ({ id: step, action }) =>
              does(action) && history.state({ stage, lane: host, step }).status === 'done',
          ),
      ),
    );
  if (isDone((action) => isStart(action) || (isService(action) && action.wanted === 'started')))
    return 'started';
  return installsOnly(plan) && isDone(isService) ? 'installed' : 'other';
}
