import type { HttpCheck } from '../config/config-types.js';
import { askEntry } from '../host/entry-health.js';
import type { Health } from '../host/health-check.js';
import { wholeName } from '../layers/dns/records.js';
import type { DnsSwitch } from './switch-request.js';

/** The entry of a room for a name, at one of its addresses. */
export interface EntryState {
  /** The whole name. */
  readonly name: string;
  readonly address: string;
  readonly health: Health;
}

/** Asks the entries of the room that is to receive the users, all at once; those of names without a check are not asked. */
export async function readEntries({ zones, to }: DnsSwitch): Promise<EntryState[]> {
  const asked = zones.flatMap((zone) =>
    [...zone.names.values()].flatMap(({ name, health, rooms }) =>
      health === undefined
        ? []
        : (rooms.get(to) ?? []).map((address) => ({ name: wholeName(name, zone.name), address, health })),
    ),
  );
  return await Promise.all(
    asked.map(async ({ name, address, health }) => ({
      name,
      address,
      health: await askEntry(address, asUserOf(name, health)),
    })),
  );
}

/** Users open the name, so the entry is asked for it, and its certificate has to be that of the name. */
function asUserOf(name: string, check: HttpCheck): HttpCheck {
  return name.startsWith('*') ? check : { host: name, ...check };
}
