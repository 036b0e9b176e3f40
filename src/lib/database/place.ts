import type { DatabaseConfig } from '../config/config-types.js';
import type { AskedDatabase } from '../layers/database/read.js';

/** A database as a plan holds it: all that has to be known to ask its servers and proxies. */
export interface DatabasePlace {
  readonly name: string;
  readonly port: number;
  /** Room name and name of the host. */
  readonly members: readonly (readonly [string, string])[];
  readonly proxies: {
    readonly hosts: readonly (readonly [string, string])[];
    readonly control: string;
    readonly backend: string;
  } | null;
}

export function placeOf({ name, port, members, proxies }: DatabaseConfig): DatabasePlace {
  return {
    name,
    port,
    members: [...members],
    proxies:
      proxies === undefined
        ? null
        : { hosts: [...proxies.hosts], control: proxies.control, backend: proxies.backend },
  };
}

/** @param what `members`: without its proxies, which is quicker */
export function askedAt(place: DatabasePlace, what: 'members' | 'all'): AskedDatabase {
  const { name, port, members, proxies } = place;
  return {
    name,
    port,
    members: new Map(members),
    proxies:
      proxies === null || what === 'members' ? undefined : { ...proxies, hosts: new Map(proxies.hosts) },
  };
}
