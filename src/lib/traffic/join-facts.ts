import type { AppConfig } from '../config/config-types.js';
import { readHealth } from '../host/health-check.js';
import type { Inventory } from '../inventory/inventory.js';
import type { ReadBalancer } from '../layers/http/balancer.js';
import { isWanted } from '../layers/http/server-state.js';
import { isAddress } from '../names/addresses.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import type { ReadConnections } from '../ssh/transport.js';
import {
  type BalancerView,
  balancerAt,
  balancersOf,
  orRefuse,
  readBalancerViews,
  readOtherBackends,
  requireControlAt,
} from './traffic-facts.js';

/** What the balancers of a room say about hosts that will join there. */
export interface JoinFacts {
  readonly balancers: readonly Host[];
  /** Why no host can join, a sentence each. */
  readonly refusals: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Asks every balancer of the room how it would accept new servers; changes nothing. Undefined if there is no balancer.
 * @throws {RefusedError} if one cannot be asked
 */
export async function readJoinFacts(
  app: AppConfig,
  room: string,
  spares: readonly Host[],
  inventory: Inventory,
  connections: ReadConnections,
): Promise<JoinFacts | undefined> {
  const balancers = balancersOf(app, room, inventory);
  const { traffic } = app;
  if (traffic === undefined || balancers === undefined) return undefined;
  return await orRefuse('how hosts would join traffic cannot be read', async () => {
    await requireControlAt(traffic, balancers, connections);
    const views = await readBalancerViews(traffic, balancers, spares, inventory, connections);
    const options = await Promise.all(
      views.map(async ({ host, backend }) => {
        const balancer = await balancerAt(traffic, host, connections);
        const { server } = traffic;
        const asked = { ...backend, name: '', address: '', port: traffic.port };
        const found = await balancer.readJoinTerms(
          server === undefined ? asked : { ...asked, options: server },
        );
        const about = (text: string) => `${host.name}, backend ${traffic.backend}: ${text}`;
        const unasked = uncheckedJoin(app, balancer).map(about);
        if ('refusal' in found)
          return { refusals: [about(`no host can join as ${found.refusal}${CURE}`), ...unasked], notes: [] };
        return { refusals: unasked, notes: found.notes.map(about) };
      }),
    );
    const inUse = [...app.groups.keys()].flatMap((group) => inventory.members(app.name, group, room));
    const others = await readOtherBackends(traffic, balancers, inUse, connections);
    return {
      balancers,
      refusals: [
        ...views.flatMap(({ doubts }) => doubts),
        ...options.flatMap(({ refusals }) => refusals),
        ...withoutAddress(spares),
      ],
      notes: [
        ...options.flatMap(({ notes }) => notes),
        ...views.flatMap(outBefore),
        ...others.map(({ host, backend, byHost }) => {
          const names = fold([...byHost.keys()]);
          return `${host.name}, backend ${backend.backend}: it has ${names} as well; hosts join backend ${traffic.backend} alone`;
        }),
      ],
    };
  });
}

/** A balancer does not resolve the name of a server that is added while it runs. */
function withoutAddress(spares: readonly Host[]): string[] {
  const names = spares.filter(({ ssh }) => !isAddress(ssh.address)).map(({ name }) => name);
  if (names.length === 0) return [];
  return [`no address is known of ${fold(names)}, but a name for DNS, by which no host can join traffic`];
}

/** A host must have passed a health check, of kuafu or of the balancer, before it gets users' requests. */
export function uncheckedJoin({ name, health }: AppConfig, { can }: Pick<ReadBalancer, 'can'>): string[] {
  if (can.has('own-health-checks') || health !== undefined) return [];
  return [
    `it asks no server for its health, and apps.${name} has no health: a host could join that does not answer`,
  ];
}

const CURE = '; traffic.server in the configuration of the application says how they are added instead';

/** Hosts that were taken out there before, and that this operation would bring in. */
function outBefore({ host, byHost }: BalancerView): string[] {
  const out = [...byHost].filter(([, servers]) => !servers.some(isWanted)).map(([name]) => name);
  if (out.length === 0) return [];
  return [
    `${fold(out)} ${out.length === 1 ? 'is' : 'are'} out of traffic at ${host.name}: joining brings ${out.length === 1 ? 'it' : 'them'} in`,
  ];
}

/** Why the health check could not be made on new hosts, because it cannot be made on the template; empty if it can. */
export async function unaskableHealth(
  { health, service }: AppConfig,
  template: Host,
  connections: ReadConnections,
): Promise<readonly string[]> {
  if (health === undefined) return [];
  const found = await readHealth(() => connections.session(template), template, {
    check: health,
    unit: service,
  });
  return found.state === 'unknown'
    ? [
        `whether ${template.name} is healthy cannot be asked, so it could not be of new hosts: ${found.reason}`,
      ]
    : [];
}
