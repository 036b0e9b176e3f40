import type { Config, DnsZone } from '../config/config-types.js';
import { tellsOfHost } from '../errors.js';
import type { DeviceState } from '../guard/generation.js';
import type { Inventory } from '../inventory/inventory.js';
import { authorityHosts, lookAtAuthority, missingKey } from '../layers/dns/adapters.js';
import type { NameAnswer, ReadAuthority } from '../layers/dns/authority.js';
import type { RecordSet } from '../layers/dns/records.js';
import { excerpt } from '../masking/masked.js';
import { unlessAborted } from '../ssh/abort.js';
import { reasonOf } from '../ssh/connect-error.js';
import type { ReadConnections, ReadSession } from '../ssh/transport.js';

/** An authority of a zone: its host, or the program that speaks for it. */
export interface AuthorityPlace {
  readonly zone: string;
  readonly authority: string;
  /** Null: it is in no room. */
  readonly room: string | null;
}

export interface AuthorityAnswer extends AuthorityPlace {
  readonly sets: readonly RecordSet[];
  /** What users are told; empty if it cannot be asked. */
  readonly answers: readonly NameAnswer[];
  /** Which operation may change it; null: it was not asked, or does not know. */
  readonly state: DeviceState | null;
}

export interface SilentAuthority extends AuthorityPlace {
  readonly message: string;
}

export interface ZoneReport {
  readonly zones: readonly DnsZone[];
  readonly answers: readonly AuthorityAnswer[];
  /** Authorities that could not be asked, and why. */
  readonly silent: readonly SilentAuthority[];
}

export interface Means {
  readonly config: Config;
  readonly inventory: Inventory;
  readonly connections: Pick<ReadConnections, 'session'>;
  /** Ends the wait for an answer. A reason for people says why an authority could not be asked. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * `names`: the sets of the declared names, and what users are told. `zone`: all sets of the zone. `change`: the sets of the
 * declared names, and which operation may change them.
 */
export type Extent = 'names' | 'zone' | 'change';

/** Reads every authority of these zones, all at once; one that is silent does not hold up the others. */
export async function readZones(
  zones: readonly DnsZone[],
  extent: Extent,
  means: Means,
): Promise<ZoneReport> {
  const places = zones.flatMap((zone) => placesOf(zone).map((place) => ({ zone, place })));
  const ends = await Promise.all(
    places.map(
      async ({ zone, place }) =>
        await unlessAborted(readAuthority(zone, place, extent, means), means.signal).catch(
          silence(place, means),
        ),
    ),
  );
  return {
    zones,
    answers: ends.flatMap((end) => ('sets' in end ? [end] : [])),
    silent: ends.flatMap((end) => ('message' in end ? [end] : [])),
  };
}

function placesOf(zone: DnsZone): AuthorityPlace[] {
  const { provider, name } = zone;
  if (provider.kind === 'exec') return [{ zone: name, authority: provider.program[0] ?? '', room: null }];
  return [...authorityHosts(zone)].map(([room, authority]) => ({ zone: name, authority, room }));
}

const LONGEST_REASON = 600;

function silence(
  place: AuthorityPlace,
  { inventory, config: { secrets } }: Means,
): (error: unknown) => SilentAuthority {
  return (error) => {
    if (!tellsOfHost(error)) throw error;
    const reason =
      place.room === null ? error.message : reasonOf(error.message, inventory.host(place.authority));
    return { ...place, message: excerpt(secrets.mask(reason), LONGEST_REASON) };
  };
}

async function readAuthority(
  zone: DnsZone,
  place: AuthorityPlace,
  extent: Extent,
  { config, inventory, connections, signal }: Means,
): Promise<AuthorityAnswer | SilentAuthority> {
  const key = missingKey(zone, config.secrets);
  if (key !== undefined) return { ...place, message: `the environment variable ${key} is not set` };
  const session: ReadSession | undefined =
    place.room === null ? undefined : await connections.session(inventory.host(place.authority), signal);
  const way = { file: config.file, secrets: config.secrets, signal };
  const authority = lookAtAuthority(zone, session, way);
  const names = [...zone.names.keys()];
  // Before the sets: a change by another operation in between then shows.
  const state = extent === 'change' && authority.can.has('generation') ? await authority.state() : null;
  const sets = await (extent === 'zone' ? authority.list() : authority.read(names));
  const answers = extent === 'names' ? await askedOf(authority, names) : [];
  return { ...place, sets, answers, state };
}

async function askedOf(authority: ReadAuthority, names: readonly string[]): Promise<readonly NameAnswer[]> {
  return authority.can.has('answers') ? await authority.ask(names) : [];
}
