import type { AppConfig } from '../config/config-types.js';
import type { Inventory } from '../inventory/inventory.js';
import { serversAt } from '../layers/http/match.js';
import { isInTraffic } from '../layers/http/server-state.js';
import type { Ledger, TakenSpare } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import { traceIn } from '../scale/traces.js';
import type { ReadConnections } from '../ssh/transport.js';
import { balancerAt, balancersOf, orRefuse } from '../traffic/traffic-facts.js';
import type { CleanHost, Remains } from './clean-plan.js';

/** How many operations of a host are looked through, from the newest. */
const LOOK_BACK = 20;

/**
 * What is known of a spare host; changes nothing.
 * @throws {RefusedError} if a balancer cannot be asked
 */
export async function readCleanHost(
  host: Host,
  rows: readonly TakenSpare[],
  apps: ReadonlyMap<string, AppConfig>,
  inventory: Inventory,
  connections: ReadConnections,
  ledger: Pick<Ledger, 'list' | 'show'>,
): Promise<CleanHost> {
  const row = rows.find((each) => each.host === host.name);
  const holder = row === undefined || row.operation === '' ? undefined : await ledger.show(row.operation);
  const remains = row?.state === 'assigned' ? [] : await readRemains(host, ledger);
  const balancers = [...apps.values()].flatMap((app) =>
    (balancersOf(app, host.room, inventory) ?? []).map((balancer) => ({ app, balancer })),
  );
  const sending = await orRefuse('who is in traffic cannot be read', () =>
    Promise.all(balancers.map(({ app, balancer }) => isSentRequests(host, app, balancer, connections))),
  );
  const inTraffic = balancers.flatMap(({ balancer }, index) => (sending[index] ? [balancer.name] : []));
  return { host, row, holder, remains, inTraffic: [...new Set(inTraffic)] };
}

/** For each application, the newest expansion that put anything on the host. */
async function readRemains(
  { name }: Host,
  ledger: Pick<Ledger, 'list' | 'show'>,
): Promise<readonly Remains[]> {
  const remains = new Map<string, Remains>();
  for (const { id, app } of await ledger.list({ kind: 'scale', hosts: [name], limit: LOOK_BACK })) {
    if (remains.has(app)) continue;
    const record = await ledger.show(id);
    const trace = traceIn(record, name);
    if (trace.paths.length > 0 || trace.servers.length > 0) remains.set(app, { record, trace });
  }
  return [...remains.values()];
}

async function isSentRequests(
  { ssh }: Host,
  { traffic }: AppConfig,
  balancer: Host,
  connections: ReadConnections,
): Promise<boolean> {
  if (traffic === undefined) return false;
  const servers = await (await balancerAt(traffic, balancer, connections)).readServers();
  return serversAt(servers, { address: ssh.address, port: traffic.port }).some(isInTraffic);
}
