import { groupBy } from '../../group-by.js';
import { canonicalAddress, isSameAddress, withPort } from '../../names/addresses.js';
import type { Backend } from './balancer.js';
import type { BalancerServer } from './balancer-servers.js';
import { fault } from './fault.js';
import type { ServerState } from './server-state.js';

/** A host as a balancer may know it: by address and port of its application, or by its name if these match no host. */
export interface Member {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** The servers of a backend that belong to this host: those with its address and port, whatever their names are. */
export function serversAt<S extends ServerState>(
  servers: readonly S[],
  { address, port }: Pick<Member, 'address' | 'port'>,
): S[] {
  return servers.filter((server) => server.port === port && isSameAddress(server.address, address));
}

/** The same for many hosts: each address of a server is read once. */
export function serversByPlace<S extends ServerState>(
  servers: readonly S[],
): (member: Pick<Member, 'address' | 'port'>) => readonly S[] {
  const keyOf = ({ address, port }: Pick<Member, 'address' | 'port'>) =>
    `${port} ${canonicalAddress(address)}`;
  const places = groupBy(servers, keyOf);
  return (member) => places.get(keyOf(member)) ?? [];
}

/** Why servers and hosts cannot be matched, a sentence each; empty if they can. */
export type Doubts = readonly string[];

/**
 * Finds the servers of hosts in a backend. A name alone counts only if the server has an address that no host has, for
 * example in a separate network for users: then it is the host of that name. `known`: all hosts of the configuration, to
 * recognize a server with the address of another host.
 */
export function matchMembers(
  servers: readonly ServerState[],
  members: readonly Member[],
  known: readonly Omit<Member, 'port'>[],
): { readonly byHost: ReadonlyMap<string, readonly ServerState[]>; readonly doubts: Doubts } {
  const byHost = new Map<string, readonly ServerState[]>();
  const doubts: string[] = [];
  const ownOf = serversByPlace(servers);
  const byName = groupBy(servers, ({ name }) => name);
  const byAddress = groupBy(servers, ({ address }) => canonicalAddress(address));
  const hosts = groupBy(known, ({ address }) => canonicalAddress(address));
  const hostNames = new Set(known.map(({ name }) => name));
  const hostAt = (address: string) => hosts.get(canonicalAddress(address))?.[0];
  for (const member of members) {
    const own = ownOf(member);
    const named = byName.get(member.name)?.[0];
    const crossed = own.find(({ name }) => name !== member.name && hostNames.has(name));
    if (crossed)
      doubts.push(`server ${crossed.name} has the address of host ${member.name} (${placeOf(crossed)})`);
    else if (own.length > 0) byHost.set(member.name, own);
    else if (named && hostAt(named.address) === undefined && !named.isUnset) byHost.set(member.name, [named]);
    else if (named && hostAt(named.address)?.name === member.name)
      doubts.push(
        `server ${named.name} is ${placeOf(named)}, and the application of that host is told to be on port ${member.port}`,
      );
    else if (named && !named.isUnset)
      doubts.push(
        `server ${named.name} has the address of host ${hostAt(named.address)?.name} (${placeOf(named)})`,
      );
    else {
      const elsewhere = byAddress.get(canonicalAddress(member.address))?.[0];
      if (elsewhere)
        doubts.push(
          `server ${elsewhere.name} is host ${member.name} (${placeOf(elsewhere)}), whose application is told to be on port ${member.port}`,
        );
    }
  }
  return { byHost, doubts: [...new Set(doubts)] };
}

/** Servers that get requests and belong to no host of the configuration: one of them may be a host under another address. */
export function strangers(
  servers: readonly ServerState[],
  members: ReadonlyMap<string, readonly ServerState[]>,
  known: readonly Omit<Member, 'port'>[],
): ServerState[] {
  const matched = new Set([...members.values()].flat());
  const names = new Set(known.map(({ name }) => name));
  const addresses = new Set(known.map(({ address }) => canonicalAddress(address)));
  return servers.filter(
    (server) =>
      !matched.has(server) &&
      !server.isUnset &&
      !names.has(server.name) &&
      !addresses.has(canonicalAddress(server.address)),
  );
}

/**
 * The servers of a step, among the servers of its backend.
 * @throws StepFailure of the balancer if another host has the name in the step
 */
export function ownServers<S extends ServerState>(
  servers: readonly S[],
  server: BalancerServer,
  backend: Pick<Backend, 'balancer'>,
): S[] {
  const own = serversAt(servers, server);
  const named = servers.find(({ name }) => name === server.name);
  if (own.length > 0 || named === undefined || named.isUnset) return own;
  throw fault(
    backend,
    `has another server ${server.name} in backend ${server.backend}: ${placeOf(named)}, and not ${placeOf(server)}`,
  );
}

export function placeOf({ address, port }: Pick<ServerState, 'address' | 'port'>): string {
  return withPort(address, port);
}
