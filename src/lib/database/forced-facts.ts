import type { DeviceState } from '../guard/generation.js';
import type { DatabaseLook } from '../layers/database/database-look.js';
import type { FenceLook, ReplicationThreads } from '../layers/database/forced-server.js';
import { readServerState } from '../layers/database/mariadb/server.js';
import type { MemberDetails } from '../layers/database/member-details.js';
import {
  type DatabaseReach,
  lookAtDatabase,
  readDetails,
  readFenceLook,
  readThreads,
} from '../layers/database/read.js';
import { type Holder, readHolders } from '../layers/device-holders.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import { byHost, type FactMeans } from './facts.js';
import { askedAt, placeOf } from './place.js';
import type { ForcedSwitch } from './request.js';
import { OLD_S } from './server-gates.js';

/** What a change of roles is planned by when a server may be lost. A text in place of an answer: why there is none. */
export interface ForcedFacts {
  readonly look: DatabaseLook;
  /** By host: which operation may change the server. */
  readonly states: ReadonlyMap<string, DeviceState | string>;
  readonly fences: ReadonlyMap<string, FenceLook | string>;
  readonly details: ReadonlyMap<string, MemberDetails | string>;
  readonly threads: ReadonlyMap<string, ReplicationThreads | null | string>;
  readonly holders: ReadonlyMap<string, Holder>;
  /** Of the servers and proxies. */
  readonly hosts: readonly Host[];
}

export async function readForcedFacts(
  { database }: Pick<ForcedSwitch, 'database'>,
  { config, inventory, connections }: FactMeans,
  ledger: Pick<Ledger, 'show'>,
): Promise<ForcedFacts> {
  const hostOf = (name: string) => inventory.host(name);
  const reach: DatabaseReach = { connections, hostOf, secrets: config.secrets };
  const names = [...database.members.values()];
  const ofEach = async <T>(read: (host: string) => Promise<T>) => await byHost(names, read, config.secrets);
  // Before the servers are asked: a change by another operation in between then shows.
  const states = await ofEach(
    async (name) => await readServerState(await connections.session(hostOf(name)), database.name),
  );
  const [look, fences, details, threads] = await Promise.all([
    lookAtDatabase(askedAt(placeOf(database), 'all'), reach),
    ofEach((name) => readFenceLook(name, reach)),
    ofEach((name) => readDetails(name, OLD_S, reach)),
    ofEach((name) => readThreads(name, reach)),
  ]);
  const known = [...states.values()].filter((state) => typeof state !== 'string');
  return {
    ...{ look, states, fences, details, threads },
    holders: await readHolders(known, ledger),
    hosts: [...new Set([...names, ...(database.proxies?.hosts.values() ?? [])])].map(hostOf),
  };
}
