import { sentenceOf, tellsOfHost } from '../errors.js';
import type { DeviceState } from '../guard/generation.js';
import type { Inventory } from '../inventory/inventory.js';
import { readServerState } from '../layers/database/mariadb/server.js';
import { type DatabaseReach, lookAtDatabase, readDetails } from '../layers/database/read.js';
import { type Holder, readHolders } from '../layers/device-holders.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Secrets } from '../masking/secret.js';
import type { Host } from '../names/host.js';
import type { ReadConnections } from '../ssh/transport.js';
import { lookUntilApplied, onlyWriter } from './applied.js';
import type { Gate, SwitchLook } from './gate.js';
import { switchGates } from './gates.js';
import { lookAtGates } from './look-at-gates.js';
import { askedAt, placeOf } from './place.js';
import type { DatabaseSwitch } from './request.js';
import { OLD_S } from './server-gates.js';

/** What a switch is planned by. */
export interface SwitchFacts extends SwitchLook {
  /** The primary; undefined: none, or several servers take writes. */
  readonly from: string | undefined;
  /** By host: which operation may change the server; a text: why that could not be read. */
  readonly states: ReadonlyMap<string, DeviceState | string>;
  readonly holders: ReadonlyMap<string, Holder>;
  /** Of the servers and proxies. */
  readonly hosts: readonly Host[];
}

/** How servers and proxies are reached while a change of roles is planned. */
export interface FactMeans {
  readonly config: { readonly secrets: Secrets };
  readonly inventory: Pick<Inventory, 'host'>;
  readonly connections: Pick<ReadConnections, 'session'>;
}

export async function readSwitchFacts(
  { database, to }: DatabaseSwitch,
  { config, inventory, connections }: FactMeans,
  ledger: Pick<Ledger, 'show'>,
): Promise<SwitchFacts> {
  const hostOf = (name: string) => inventory.host(name);
  const reach: DatabaseReach = { connections, hostOf, secrets: config.secrets };
  const names = [...database.members.values()];
  const readState = async (name: string) =>
    await readServerState(await connections.session(hostOf(name)), database.name);
  // Before the servers are asked: a change by another operation in between then shows.
  const states = await byHost(names, readState, config.secrets);
  const known = [...states.values()].filter((state) => typeof state !== 'string');
  const place = placeOf(database);
  const read = async () => {
    const [moved, details] = await Promise.all([
      lookUntilApplied((what) => lookAtDatabase(askedAt(place, what), reach), { from: undefined, to }),
      readAllDetails(names, (name) => readDetails(name, OLD_S, reach), config.secrets),
    ]);
    return { ...moved, details, from: onlyWriter(moved.look) };
  };
  const { seen } = await lookAtGates(read, (each) => gatesBefore(each, to));
  return {
    ...seen,
    states,
    holders: await readHolders(known, ledger),
    hosts: [...new Set([...names, ...(database.proxies?.hosts.values() ?? [])])].map(hostOf),
  };
}

/** None where the primary is there already. */
export function gatesBefore(seen: SwitchLook & Pick<SwitchFacts, 'from'>, to: string): readonly Gate[] {
  const isThere = seen.from === to && seen.look.members.every(({ state }) => state !== undefined);
  return isThere ? [] : switchGates(seen, { from: seen.from, to });
}

/** By host; in place of those that cannot be read, why. */
export async function readAllDetails(
  hosts: readonly string[],
  read: (host: string) => ReturnType<typeof readDetails>,
  secrets: Secrets,
): Promise<SwitchLook['details']> {
  return await byHost(hosts, read, secrets);
}

/** By host; a text: why it could not be read. */
export async function byHost<T>(
  hosts: readonly string[],
  read: (host: string) => Promise<T>,
  secrets: Secrets,
): Promise<ReadonlyMap<string, T | string>> {
  const all = hosts.map(async (host): Promise<readonly [string, T | string]> => {
    try {
      return [host, await read(host)];
    } catch (error) {
      if (!tellsOfHost(error)) throw error;
      return [host, secrets.mask(sentenceOf(error))];
    }
  });
  return new Map(await Promise.all(all));
}
