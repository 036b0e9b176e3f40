import type { DnsZone } from '../config/config-types.js';
import { wholeName } from '../layers/dns/records.js';

/** Says where users would follow later than the zone's recovery time allows. @param names below the zone, with this TTL */
export function recoveryNotes(
  { name: zone, recoverySeconds }: DnsZone,
  names: readonly string[],
  ttlSeconds: number,
): string[] {
  if (recoverySeconds === undefined || ttlSeconds <= recoverySeconds) return [];
  return names.map(
    (name) =>
      `with its TTL of ${ttlSeconds}s users of ${wholeName(name, zone)} follow later than the recovery time of ${zone}, ${recoverySeconds}s`,
  );
}
