import type { AppConfig } from '../config/config-types.js';
import { readUnit } from '../host/unit.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Ledger, OperationRecord } from '../ledger/ledger.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import type { AnyAction } from '../plan/plan.js';
import { History } from '../record/history.js';
import { quoteWord } from '../shell/quote.js';
import { unlessAborted } from '../ssh/abort.js';
import { HostError } from '../ssh/connect-error.js';
import type { ReadConnections } from '../ssh/transport.js';
import type { TrafficAnswer } from '../traffic/traffic-status.js';
import { isService, isStart } from './actions.js';
import { installsOnly } from './installs-only.js';

/** How many operations on a host are looked through, from the newest. */
const LOOK_BACK = 20;

type Records = Pick<Ledger, 'list' | 'show'>;
type Asked = Pick<ReadConnections, 'session'>;

/** What was seen of the service of an application on a host. */
export interface Trace {
  readonly host: string;
  /** Whether something shows that it was started, by whomever: the unit, or a balancer that knows the host. */
  readonly hasRun: boolean;
}

/**
 * The hosts on which an expansion has installed an application, and which nobody has started since: no operation by the
 * ledger, and nobody by hand as far as the traces tell.
 */
export async function readNotStarted(
  traces: readonly Trace[],
  app: string,
  ledger: Records,
): Promise<ReadonlySet<string>> {
  const names = traces.flatMap(({ host, hasRun }) => (hasRun ? [] : [host]));
  return await readInstalled(names, app, ledger);
}

/**
 * The same for hosts that no balancer knows and that were not looked at yet: those that the ledger names are asked. A host
 * that does not answer, or not before the signal, is as the ledger says.
 */
export async function askNotStarted(
  hosts: readonly Host[],
  { name, service }: Pick<AppConfig, 'name' | 'service'>,
  connections: Asked,
  ledger: Records,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const names = hosts.map((host) => host.name);
  const installed = await readInstalled(names, name, ledger);
  const asked = hosts.filter((host) => installed.has(host.name));
  const ran = await Promise.all(asked.map((host) => hasRunOn(host, service, connections, signal)));
  return new Set(asked.filter((_, index) => !ran[index]).map((host) => host.name));
}

async function hasRunOn(
  host: Host,
  service: string,
  connections: Asked,
  signal?: AbortSignal,
): Promise<boolean> {
  const ask = async () => (await readUnit(await connections.session(host, signal), service)).hasRun;
  try {
    return await unlessAborted(ask(), signal);
  } catch (error) {
    if (error instanceof HostError || signal?.aborted) return false;
    throw error;
  }
}

/** The hosts where the last that the ledger says of the application is that it was installed. */
async function readInstalled(
  hosts: readonly string[],
  app: string,
  ledger: Records,
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

/** What the balancers of an application say in one room, with hosts that were never started told apart from forgotten ones. */
export async function withNotStarted(
  answers: readonly TrafficAnswer[],
  app: AppConfig,
  inventory: Inventory,
  connections: Asked,
  ledger: Records,
  signal?: AbortSignal,
): Promise<TrafficAnswer[]> {
  const all = answers.flatMap(({ rows }) => rows);
  const isKnown = new Set(all.flatMap(({ host, server }) => (server === '' ? [] : [host])));
  const missing = all.flatMap(({ host, state }) => (state === 'missing' && !isKnown.has(host) ? [host] : []));
  const asked = [...new Set(missing)].map((host) => inventory.host(host));
  const hosts = await askNotStarted(asked, app, connections, ledger, signal);
  return answers.map((answer) => ({
    ...answer,
    rows: answer.rows.map((row) => (hosts.has(row.host) ? { ...row, state: 'not started' as const } : row)),
  }));
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
