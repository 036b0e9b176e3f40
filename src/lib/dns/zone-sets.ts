import { type RecordSet, wholeName } from '../layers/dns/records.js';
import type { ZoneReport } from './read-zones.js';

/** A record set, and the authorities that have it so. */
export interface ZoneSet {
  readonly zone: string;
  /** The whole name. */
  readonly name: string;
  readonly type: RecordSet['type'];
  readonly ttlSeconds: number;
  readonly values: readonly string[];
  /** Whether the name is in the configuration. */
  readonly isDeclared: boolean;
  readonly authorities: readonly string[];
}

/** All sets that were read, those of one name together; a set that authorities have in different ways is there in each. */
export function zoneSets({ zones, answers }: ZoneReport): ZoneSet[] {
  return zones.flatMap((zone) => {
    const sets = new Map<string, ZoneSet>();
    for (const { authority, sets: own } of answers.filter((answer) => answer.zone === zone.name))
      for (const { name, type, ttlSeconds, values } of own) {
        const key = JSON.stringify([name === '@' ? '' : name, type, ttlSeconds, values]);
        const authorities = [...(sets.get(key)?.authorities ?? []), authority];
        const isDeclared = zone.names.has(name);
        const whole = wholeName(name, zone.name);
        sets.set(key, { zone: zone.name, name: whole, type, ttlSeconds, values, isDeclared, authorities });
      }
    return [...sets].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, set]) => set);
  });
}
