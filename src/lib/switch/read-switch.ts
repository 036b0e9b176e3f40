import type { DatabaseConfig, DnsZone } from '../config/config-types.js';
import { type Means, readZones } from '../dns/read-zones.js';
import { lookAtDatabase } from '../layers/database/read.js';
import { type EntryMeans, readEntries, type TrafficPlace } from '../unit/read-entries.js';
import type { SwitchDatabase, SwitchFacts } from './switch-status.js';

/** What is asked about. */
export interface SwitchScope {
  readonly zones: readonly DnsZone[];
  readonly places: readonly TrafficPlace[];
  readonly databases: readonly DatabaseConfig[];
}

/** Asks everything at once; changes nothing. What has not answered when the signal comes could not be asked. */
export async function readSwitch(
  { zones, places, databases }: SwitchScope,
  means: Means & EntryMeans,
): Promise<SwitchFacts> {
  const { config, inventory, connections, signal } = means;
  const hostOf = (name: string) => inventory.host(name);
  const reach = { connections, hostOf, secrets: config.secrets, signal };
  const look = async (database: DatabaseConfig): Promise<SwitchDatabase> => ({
    ...(await lookAtDatabase(database, reach)),
    home: database.home,
  });
  const [answered, traffic, looks] = await Promise.all([
    readZones(zones, 'names', means),
    readEntries(places, means),
    Promise.all(databases.map(look)),
  ]);
  return { zones: answered, traffic, databases: looks };
}
