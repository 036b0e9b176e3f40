import type { DnsName, DnsProvider, Judging } from '../config/config-types.js';
import { judgedBy, sharesBy } from '../layers/dns/adapters.js';
import type { RecordSet } from '../layers/dns/records.js';
import type { Share } from '../layers/dns/wanted.js';

/** Where sets lead users, in words: rooms (`A and B`, `A 90% : B 10%`), an address of no room, or another name. */
export interface Lead {
  readonly places: string;
  /** `5s`; empty if there is no set. */
  readonly ttl: string;
}

/** `A and B, 5s` */
export function leadWords({ places, ttl }: Lead): string {
  return ttl === '' ? places : `${places}, ${ttl}`;
}

/** Where sets lead users, as leadWords() has it. */
export function leadsTo(
  sets: readonly RecordSet[],
  name: Pick<DnsName, 'rooms'>,
  provider: DnsProvider,
): string {
  return leadWords(leadOf(sets, name, provider));
}

export function leadOf(
  sets: readonly RecordSet[],
  { rooms }: Pick<DnsName, 'rooms'>,
  provider: DnsProvider,
): Lead {
  if (sets.length === 0) return { places: 'nowhere', ttl: '' };
  const roomOf = (address: string) => [...rooms].find(([, own]) => own.includes(address))?.[0] ?? address;
  const places = sets.flatMap(({ type, values }) => {
    if (type === 'CNAME') return values;
    if (type !== 'LUA') return values.map(roomOf);
    return values.map((value) => {
      const judged = judgedBy(provider, value);
      if (judged !== undefined) return judgedWords(judged, roomOf);
      const shares = sharesBy(provider, value);
      return shares === undefined ? value : shareWords(shares, roomOf);
    });
  });
  const ttls = [...new Set(sets.map(({ ttlSeconds }) => `${ttlSeconds}s`))];
  return { places: [...new Set(places)].join(' and '), ttl: ttls.join(' and ') };
}

/** `A and B if healthy`, `A, else B, if healthy (all down: A)` */
function judgedWords({ groups, allDown }: Judging, roomOf: (address: string) => string): string {
  const roomsIn = (addresses: readonly string[]) => [...new Set(addresses.map(roomOf))].join(' and ');
  const down = typeof allDown === 'string' ? allDown : roomsIn(allDown);
  const comma = groups.length === 1 ? '' : ',';
  return `${groups.map(roomsIn).join(', else ')}${comma} if healthy (all down: ${down})`;
}

/** In percent, because weights mean something only beside each other. */
function shareWords(shares: readonly Share[], roomOf: (address: string) => string): string {
  const sums = new Map<string, number>();
  for (const { address, weight } of shares)
    sums.set(roomOf(address), (sums.get(roomOf(address)) ?? 0) + weight);
  const total = [...sums.values()].reduce((sum, weight) => sum + weight, 0);
  return [...sums]
    .map(([room, weight]) => `${room} ${total === 0 ? 0 : Math.round((weight * 100) / total)}%`)
    .join(' : ');
}
