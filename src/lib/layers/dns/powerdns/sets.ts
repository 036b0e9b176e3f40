import {
  isLeadingType,
  nameBelow,
  type RecordSet,
  recordSet,
  type SetChange,
  wholeName,
} from '../records.js';
import type { Rrset, RrsetChange } from './api.js';

/** Sets that are disabled are not there for users. */
export function setsIn(rrsets: readonly Rrset[], zone: string): RecordSet[] {
  return rrsets.flatMap(({ name: whole, type, ttl, records }) => {
    const name = nameBelow(whole, zone);
    const values = records.filter(({ disabled }) => !disabled).map(({ content }) => content);
    if (name === undefined || !isLeadingType(type) || values.length === 0) return [];
    return [recordSet(name, type, ttl, values)];
  });
}

/** A change as the API takes it; records that somebody disabled stay as they are. */
export function rrsetChange(
  { name, type, to, from }: SetChange,
  rrsets: readonly Rrset[],
  zone: string,
): RrsetChange {
  const whole = `${wholeName(name, zone)}.`;
  const had = rrsets.find((each) => each.type === type && each.name.toLowerCase() === whole);
  const disabled = (had?.records ?? []).filter((record) => record.disabled);
  const values = (to?.values ?? []).map((value) => ({ content: contentOf(type, value), disabled: false }));
  const records = [...values, ...disabled];
  if (records.length === 0) return { name: whole, type, changetype: 'DELETE' };
  return { name: whole, type, changetype: 'REPLACE', ttl: (to ?? from)?.ttlSeconds ?? 0, records };
}

function contentOf(type: SetChange['type'], value: string): string {
  return type === 'CNAME' ? `${value}.` : value;
}
