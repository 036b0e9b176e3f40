import type { DnsZone } from '../config/config-types.js';
import { UsageError } from '../errors.js';
import type { DeviceState } from '../guard/generation.js';
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

/** `over`: it is done, or was given up or taken back, and could not tell the authority. */
export type Holder = 'at work' | 'over';

type ReadsOperations = Pick<Ledger, 'show'>;

export async function readDnsFacts(
  zones: readonly DnsZone[],
  means: Means,
  ledger: ReadsOperations,
): Promise<DnsFacts> {
  const report = await readZones(zones, 'change', means);
  const names = new Set(zones.flatMap((zone) => [...authorityHosts(zone).values()]));
  const holding = [
    ...new Set(report.answers.flatMap(({ state }) => (isHeld(state) ? [state.operation] : []))),
  ];
  const holders = await Promise.all(holding.map(async (id) => [id, await holderOf(id, ledger)] as const));
  return {
    ...report,
    file: means.config.file,
    hosts: [...names].map((name) => means.inventory.host(name)),
    holders: new Map(holders.flatMap(([id, holder]) => (holder === undefined ? [] : [[id, holder]]))),
  };
}

/** Whether an operation has claimed an authority and not let go of it. */
export function isHeld(state: DeviceState | null): state is DeviceState {
  return state !== null && state.phase !== 'closed' && state.operation !== '-';
}

async function holderOf(id: string, ledger: ReadsOperations): Promise<Holder | undefined> {
  try {
    const { id: found, state, resumable } = await ledger.show(id);
    if (found !== id) return undefined;
    return state === 'running' || resumable ? 'at work' : 'over';
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
