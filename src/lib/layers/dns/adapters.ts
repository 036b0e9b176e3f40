import type { DnsProvider, DnsZone } from '../../config/config-types.js';
import type { Secrets } from '../../masking/secret.js';
import type { Session } from '../../ssh/transport.js';
import type { Authority } from './authority.js';
import { openExec } from './exec/adapter.js';
import { openPowerdns } from './powerdns/adapter.js';
import { openRfc2136 } from './rfc2136/adapter.js';

/** What every way to an authority needs. */
export interface Way {
  /** The configuration: a program's path may be relative to it. */
  readonly file: string;
  readonly secrets: Secrets;
  readonly signal?: AbortSignal | undefined;
}

/** An authority; `session` of its host, undefined where a program speaks for the zone. */
export function openAuthority(zone: DnsZone, session: Session | undefined, way: Way): Authority {
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

type WithServers = Exclude<DnsProvider, { readonly kind: 'exec' }>;

function serverOf({ name }: DnsZone, { listen }: WithServers, session: Session | undefined, { signal }: Way) {
  if (session === undefined) throw new Error(`the authority of ${name} has no session`);
  return { session, zone: name, listen, signal };
}

function powerdnsOf({ api, key }: Extract<DnsProvider, { readonly kind: 'powerdns' }>, { secrets }: Way) {
  return { api, key: secrets.resolve([key]) };
}

function keyOf({ key }: Extract<DnsProvider, { readonly kind: 'rfc2136' }>, { secrets }: Way) {
  return { ...key, secret: secrets.resolve([key.secret]) };
}
