import type { DnsZone } from '../config/config-types.js';
import { type Holder, readHolders } from '../layers/device-holders.js';
import { authorityHosts } from '../layers/dns/adapters.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import { type Means, readZones, type ZoneReport } from './read-zones.js';

/** What a change is planned by: the sets of the names at every authority, and who may change them. */
export interface DnsFacts extends ZoneReport {
  /** The configuration. */
  readonly file: string;
  /** The hosts of the authorities. */
  readonly hosts: readonly Host[];
  /** Operations that have not let go of an authority; without those that this ledger does not know. */
  readonly holders: ReadonlyMap<string, Holder>;
}

export async function readDnsFacts(
  zones: readonly DnsZone[],
  means: Means,
  ledger: Pick<Ledger, 'show'>,
): Promise<DnsFacts> {
  const report = await readZones(zones, 'change', means);
  const names = new Set(zones.flatMap((zone) => [...authorityHosts(zone).values()]));
  return {
    ...report,
    file: means.config.file,
    hosts: [...names].map((name) => means.inventory.host(name)),
    holders: await readHolders(
      report.answers.map(({ state }) => state),
      ledger,
    ),
  };
}
