import { isLeadingType, nameBelow, type RecordSet, recordSet } from '../records.js';

/** A record as dig(1) prints it: no name holds a blank, as master files write it with a backslash. */
const RECORD = /^(\S+)\s+(\d{1,10})\s+IN\s+(\S+)\s+((?:\S.*)?)$/;

/** The sets of a zone that was transferred as text; undefined: it is not whole. */
export function parseZoneText(text: string, zone: string): RecordSet[] | undefined {
  const records = text.split('\n').flatMap((line) => {
    const [, owner = '', ttl = '', type = '', data = ''] = RECORD.exec(line.trim()) ?? [];
    const name = nameBelow(owner, zone);
    return name === undefined ? [] : [{ name, ttl: Number(ttl), type, data }];
  });
  const [first, last] = [records.at(0), records.at(-1)];
  if (records.length < 2 || first?.type !== 'SOA' || last?.type !== 'SOA') return undefined;
  const sets = new Map<string, { name: string; type: RecordSet['type']; ttl: number; values: string[] }>();
  for (const { name, type, ttl, data } of records) {
    if (!isLeadingType(type)) continue;
    const key = `${name} ${type}`;
    const set = sets.get(key) ?? { name, type, ttl, values: [] };
    set.values.push(data);
    sets.set(key, set);
  }
  return [...sets.values()].map(({ name, type, ttl, values }) => recordSet(name, type, ttl, values));
}
