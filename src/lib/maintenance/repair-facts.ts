import type { AppConfig, TrafficConfig } from '../config/config-types.js';
import type { Inventory } from '../inventory/inventory.js';
import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { isDrained, isWanted } from '../layers/http/server-state.js';
import type { Host } from '../names/host.js';
import { leftOutBy } from '../restart/left-behind.js';
import type { Records } from '../restart/restart-facts.js';
import type { ReadConnections } from '../ssh/transport.js';
import { readJoinFacts } from '../traffic/join-facts.js';
import { type BalancerView, balancersOf, orRefuse, readBalancerViews } from '../traffic/traffic-facts.js';
import { membersIn } from '../traffic/traffic-status.js';
import { askNotStarted } from '../unit/not-started.js';
import type { Absent, RepairFacts } from './repair-plan.js';

/**
 * The hosts that should be in traffic in a room but are not; changes nothing. Undefined if the application has no balancer
 * there.
 * @throws {RefusedError} if a balancer cannot be asked
 */
export async function readRepairFacts(
  app: AppConfig,
  room: string,
  inventory: Inventory,
  connections: ReadConnections,
  records: Records,
): Promise<RepairFacts | undefined> {
  const balancers = balancersOf(app, room, inventory);
  const { traffic } = app;
  if (traffic === undefined || balancers === undefined) return undefined;
  const members = membersIn(app, room, inventory);
  const views = await orRefuse('who is in traffic cannot be read', () =>
    readBalancerViews(traffic, balancers, members, inventory, connections),
  );
  const absent: Absent[] = [];
  const out = new Set<string>();
  const keptOut = (await records.keptOut()).filter((row) => row.app === app.name);
  for (const host of members.filter(({ name }) => !keptOut.some((row) => row.host === name))) {
    const wasLeft = isDrainedAnywhere(host, views) && (await leftOutBy(host.name, app.name, records));
    const places = views.flatMap((view) => placesLacked(host, view, traffic, Boolean(wasLeft)));
    if (places.length > 0) absent.push({ host, places });
    else if (views.some((view) => isOut(host, view))) out.add(host.name);
  }
  const unknown = absent.flatMap(({ host }) =>
    views.some((view) => view.byHost.has(host.name)) ? [] : [host],
  );
  const notStarted = await askNotStarted(unknown, app, connections, records);
  const join = await readJoinFacts(app, room, [], inventory, connections);
  return {
    app,
    room,
    groups: [...app.groups.keys()].filter((group) => inventory.members(app.name, group, room).length > 0),
    absent: absent.filter(({ host }) => !notStarted.has(host.name)),
    notStarted: [...notStarted],
    out: [...out],
    keptOut: keptOut.filter(({ host }) => members.some(({ name }) => name === host)),
    doubts: views.flatMap(({ doubts, guesses }) => [...doubts, ...guesses]),
    join: join ?? { balancers, refusals: [], notes: [] },
  };
}

function serversOf({ name }: Host, { byHost }: BalancerView) {
  return byHost.get(name) ?? [];
}

function isDrainedAnywhere(host: Host, views: readonly BalancerView[]): boolean {
  return views.some((view) => serversOf(host, view).some(isDrained));
}

function isOut(host: Host, view: BalancerView): boolean {
  return serversOf(host, view).some((server) => !isWanted(server));
}

function placesLacked(
  host: Host,
  view: BalancerView,
  { port, server: options }: TrafficConfig,
  wasLeft: boolean,
): BalancerServer[] {
  const own = serversOf(host, view);
  const extra = options === undefined ? {} : { options };
  if (own.length === 0)
    return [{ ...view.backend, name: host.name, address: host.ssh.address, port, ...extra }];
  return own
    .filter((server) => wasLeft && isDrained(server))
    .map((server) => ({ ...view.backend, name: server.name, address: server.address, port: server.port }));
}
