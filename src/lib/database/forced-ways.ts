import type { FenceLook, ForcedServer, ReplicationThreads } from '../layers/database/forced-server.js';
import { openForcedServer } from '../layers/database/mariadb/forced-server.js';
import { HeldClients } from '../layers/database/mariadb/held-clients.js';
import type { MemberState } from '../layers/database/member.js';
import { readFenceLook, readThreads } from '../layers/database/read.js';
import type { LookContext, StepContext } from '../run/step-handler.js';
import { stateOf } from './applied.js';
import type { DatabasePlace } from './place.js';
import { type DatabaseWays, overSsh, reachOf, readPair } from './ways.js';

/** How servers are reached in a forced switch; a test has its own. */
export interface ForcedWays extends DatabaseWays {
  fenceLook(host: string, context: LookContext): Promise<FenceLook>;
  threads(host: string, context: LookContext): Promise<ReplicationThreads | null>;
  openForced(database: string, host: string, context: StepContext): Promise<ForcedServer>;
}

/** Over SSH, as the ways of a planned switch, whose open clients would have the lock of a server. */
export function forcedOverSsh(): ForcedWays {
  const clients = new HeldClients();
  return {
    ...overSsh(clients),
    fenceLook: (host, context) => readFenceLook(host, reachOf(context)),
    threads: (host, context) => readThreads(host, reachOf(context)),
    openForced: async (database, host, context) => {
      await clients.end(host);
      return openForcedServer(await context.sessionOf(host), database, context.signal);
    },
  };
}

/** A place with these hosts alone, so that nobody waits for those that do not answer. */
export function placeAt(place: DatabasePlace, hosts: readonly string[]): DatabasePlace {
  const { members, proxies } = place;
  const isIn = ([, host]: readonly [string, string]) => hosts.includes(host);
  return {
    ...place,
    members: members.filter(isIn),
    proxies: proxies && { ...proxies, hosts: proxies.hosts.filter(isIn) },
  };
}

/** What a server says of itself; undefined: it could not be asked, and nothing is concluded from that. */
export async function readOne(
  ways: DatabaseWays,
  place: DatabasePlace,
  host: string,
  context: LookContext,
): Promise<MemberState | undefined> {
  return stateOf(await ways.look(placeAt(place, [host]), 'members', context), host);
}

/** The same of a server that has to answer. @throws OutcomeUnknownError */
export async function mustRead(
  ways: DatabaseWays,
  place: DatabasePlace,
  host: string,
  context: LookContext,
): Promise<MemberState> {
  return (await readPair(ways, placeAt(place, [host]), { own: host }, context)).own;
}
