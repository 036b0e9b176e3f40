import type { askResolver } from '../../src/lib/channel/from-here.js';
import type { DnsZone } from '../../src/lib/config/config-types.js';
import type { DnsFacts } from '../../src/lib/dns/change-facts.js';
import { dnsHandlers } from '../../src/lib/dns/handlers.js';
import type { askEntry } from '../../src/lib/host/entry-health.js';
import { recordSet } from '../../src/lib/layers/dns/records.js';
import { A, answerOf, B, SHOP } from '../unit/dns/sample-zones.js';
import { MemoryAuthority } from './memory-authority.js';

export const ZONE: DnsZone = { ...SHOP, provider: { kind: 'exec', program: ['/d'], timeoutMs: 1 } };
export const OLD = [recordSet('www', 'A', 60, [A, B])];
export const NEW = [recordSet('www', 'A', 5, [B])];

/** Two authorities in memory, and everything that outlives a process. */
export function dnsWorld(
  resolve: typeof askResolver = async () => {
    throw new Error('there is no resolver');
  },
  entry: typeof askEntry = async () => ({ state: 'healthy' }),
) {
  const authorities = new Map(['dns-a', 'dns-b'].map((name) => [name, new MemoryAuthority(name, OLD)]));
  const [a, b] = [...authorities.values()] as [MemoryAuthority, MemoryAuthority];
  const facts = (): DnsFacts => ({
    zones: [ZONE],
    answers: [...authorities].map(([authority, { sets, state }]) =>
      answerOf(authority, { room: null, sets: [...sets], state }),
    ),
    silent: [],
    file: '/etc/kuafu.config.yaml',
    hosts: [],
    holders: new Map(),
  });
  // Which authority is opened is told by the file, as all else of the two is the same.
  const of = ({ file }: { readonly file: string }) => authorities.get(file)?.open() as never;
  const handlers = dnsHandlers({
    look: (_zone, _session, way) => of(way),
    open: (_zone, _session, way) => of(way),
    resolve,
    entry,
  });
  return { a, b, facts, handlers, all: [a, b] };
}

export type DnsWorld = ReturnType<typeof dnsWorld>;

/** Each action with its authority in the place of the file, and without a host. */
export function withPlaces<P>(plan: P): P {
  return JSON.parse(JSON.stringify(plan), (_key, value) => {
    if (value === null || typeof value !== 'object') return value;
    if (value.kind === 'powerdns') return ZONE.provider;
    return 'authority' in value ? { ...value, file: value.authority } : value;
  });
}
