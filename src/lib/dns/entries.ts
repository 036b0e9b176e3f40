import type { HttpCheck } from '../config/config-types.js';
import { askEntry } from '../host/entry-health.js';
import type { Health } from '../host/health-check.js';
import { wholeName } from '../layers/dns/records.js';
import type { DnsSwitch } from './switch-request.js';

/** The entry of a room for a name, at one of its addresses. */
interface Entry {
  /** The whole name. */
  readonly name: string;
  readonly address: string;
}

export interface EntryState extends Entry {
  readonly health: Health;
}

/** An entry, and how it is asked. */
export interface EntryPlace extends Entry {
  readonly check: HttpCheck;
}

/** The entries of the room that is to receive the users; without those of names that have no check. */
export function entriesOf({ zones, to }: Pick<DnsSwitch, 'zones' | 'to'>): EntryPlace[] {
  return zones.flatMap((zone) =>
    [...zone.names.values()].flatMap(({ name: below, health, rooms }) => {
      const name = wholeName(below, zone.name);
      if (health === undefined) return [];
      return (rooms.get(to) ?? []).map((address) => ({ name, address, check: asUserOf(name, health) }));
    }),
  );
}

/** Asks entries, all at once. */
export async function readEntries(
  places: readonly EntryPlace[],
  ask: typeof askEntry = askEntry,
): Promise<EntryState[]> {
  return await Promise.all(
    places.map(async ({ name, address, check }) => ({ name, address, health: await ask(address, check) })),
  );
}

/** Users open the name, so the entry is asked for it, and its certificate has to be that of the name. */
function asUserOf(name: string, check: HttpCheck): HttpCheck {
  return name.startsWith('*') ? check : { host: name, ...check };
}
