import type { DnsProvider, DnsZone, Judging } from '../../config/config-types.js';
import type { Secrets } from '../../masking/secret.js';
import type { ReadSession, Session } from '../../ssh/transport.js';
import type { Authority, ReadAuthority } from './authority.js';
import { lookExec, openExec } from './exec/adapter.js';
import type { ComputedAddresses } from './expected-answer.js';
import type { JudgedSet } from './judged.js';
import { computedAddresses, lookPowerdns, openPowerdns } from './powerdns/adapter.js';
import { judgedIn, judgedSet } from './powerdns/judged.js';
import { weightedSet, weightedShares } from './powerdns/lua.js';
import { lookRfc2136, openRfc2136 } from './rfc2136/adapter.js';
import type { Share, WeightedSet } from './wanted.js';

/** What every way to an authority needs. */
export interface Way {
  /** The configuration: a program's path may be relative to it. */
  readonly file: string;
  readonly secrets: Secrets;
  readonly signal?: AbortSignal | undefined;
}

/** How the authorities of a zone are reached, as data that a plan can hold: without the places of its servers. */
export interface ZoneAccess {
  readonly name: string;
  readonly provider: ProviderAccess;
}

type ProviderAccess = AccessOf<DnsProvider>;
type AccessOf<Provider> = Provider extends DnsProvider ? Omit<Provider, 'servers'> : never;

export function accessTo({ name, provider }: DnsZone): ZoneAccess {
  if (provider.kind === 'exec') return { name, provider };
  const { servers: _, ...access } = provider;
  return { name, provider: access };
}

/** Whether it is reached through the SSH connection of its host. If not, a program of this machine speaks for it. */
export function isOnHost({ provider }: ZoneAccess): boolean {
  return provider.kind !== 'exec';
}

/** The hosts of a zone's authorities, by room; empty: a program of this machine speaks for all of them. */
export function authorityHosts({ provider }: DnsZone): ReadonlyMap<string, string> {
  return provider.kind === 'exec' ? new Map() : provider.servers;
}

/** An authority for reading; `session` of its host, undefined where a program speaks for the zone. */
export function lookAtAuthority(zone: ZoneAccess, session: ReadSession | undefined, way: Way): ReadAuthority {
  const { provider } = zone;
  switch (provider.kind) {
    case 'powerdns':
      return lookPowerdns({ ...serverOf(zone, provider, session, way), ...powerdnsOf(provider, way) });
    case 'rfc2136':
      return lookRfc2136({ ...serverOf(zone, provider, session, way), key: keyOf(provider, way) });
    case 'exec':
      return lookExec({ zone: zone.name, ...provider, ...way });
  }
}

/** An authority for reading and commands. */
export function openAuthority(zone: ZoneAccess, session: Session | undefined, way: Way): Authority {
  const { provider } = zone;
  switch (provider.kind) {
    case 'powerdns':
      return openPowerdns({ ...serverOf(zone, provider, session, way), ...powerdnsOf(provider, way) });
    case 'rfc2136':
      return openRfc2136({ ...serverOf(zone, provider, session, way), key: keyOf(provider, way) });
    case 'exec':
      return openExec({ zone: zone.name, ...provider, ...way });
  }
}

/** How a provider answers by weight; undefined: it does not. */
export function weightedSetOf({ kind }: DnsProvider): WeightedSet | undefined {
  return kind === 'powerdns' ? weightedSet : undefined;
}

/** How a provider answers by health checks of its own; undefined: it has none. */
export function judgedSetOf({ kind }: DnsProvider): JudgedSet | undefined {
  return kind === 'powerdns' ? judgedSet : undefined;
}

/** What a record is judged by; undefined: by nothing, or it cannot be told. */
export function judgedBy({ kind }: Pick<DnsProvider, 'kind'>, value: string): Judging | undefined {
  return kind === 'powerdns' ? judgedIn(value) : undefined;
}

/** The addresses behind a record that a provider computes, with their weights; undefined: they cannot be told. */
export function sharesBy({ kind }: DnsProvider, value: string): readonly Share[] | undefined {
  return kind === 'powerdns' ? weightedShares(value) : undefined;
}

/** The environment variable that a key would come from, if it is not set. */
export function missingKey({ provider }: DnsZone, secrets: Secrets): string | undefined {
  if (provider.kind === 'exec') return undefined;
  const key = provider.kind === 'powerdns' ? provider.key : provider.key.secret;
  return secrets.knows([key]) ? undefined : key.secret;
}

/** The addresses behind a set that a provider computes. */
export function computedBy({ kind }: Pick<DnsProvider, 'kind'>): ComputedAddresses {
  return kind === 'powerdns' ? computedAddresses : () => undefined;
}

type OfServer = Exclude<ProviderAccess, { readonly kind: 'exec' }>;

function serverOf<S extends ReadSession>(
  { name }: ZoneAccess,
  { listen }: OfServer,
  session: S | undefined,
  { signal }: Way,
) {
  if (session === undefined) throw new Error(`the authority of ${name} has no session`);
  return { session, zone: name, listen, signal };
}

function powerdnsOf({ api, key }: Extract<ProviderAccess, { readonly kind: 'powerdns' }>, { secrets }: Way) {
  return { api, key: secrets.resolve([key]) };
}

function keyOf({ key }: Extract<ProviderAccess, { readonly kind: 'rfc2136' }>, { secrets }: Way) {
  return { ...key, secret: secrets.resolve([key.secret]) };
}
