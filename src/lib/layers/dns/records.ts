import { isIP } from 'node:net';
import { canonicalAddress } from '../../names/addresses.js';

/** Types of record sets that lead users to a room. `LUA` is computed by PowerDNS at each question. */
export const LEADING_TYPES = ['A', 'AAAA', 'CNAME', 'LUA'] as const;
export type LeadingType = (typeof LEADING_TYPES)[number];

export interface SetContent {
  readonly ttlSeconds: number;
  /** Without repetition, in order: addresses and names as canonicalValue() writes them. */
  readonly values: readonly string[];
}

/** All records of one name and type. */
export interface RecordSet extends SetContent {
  /** Below the zone; `@` is the zone itself. */
  readonly name: string;
  readonly type: LeadingType;
}

/** A record set as it is known to be, and as it shall be; null: there is none. */
export interface SetChange {
  readonly name: string;
  readonly type: LeadingType;
  readonly from: SetContent | null;
  readonly to: SetContent | null;
}

export function isLeadingType(type: string): type is LeadingType {
  return (LEADING_TYPES as readonly string[]).includes(type);
}

export function recordSet(
  name: string,
  type: LeadingType,
  ttlSeconds: number,
  values: readonly string[],
): RecordSet {
  const canonical = values.map((value) => canonicalValue(type, value));
  return { name, type, ttlSeconds, values: [...new Set(canonical)].sort() };
}

/** Servers write the same value in several ways. */
function canonicalValue(type: LeadingType, value: string): string {
  if (type === 'AAAA') return canonicalAddress(value);
  return type === 'CNAME' ? value.toLowerCase().replace(/\.$/, '') : value;
}

/** The type of the record that has an address. */
export function addressType(address: string): 'A' | 'AAAA' {
  return isIP(address) === 6 ? 'AAAA' : 'A';
}

export function isSameContent(one: SetContent | null, other: SetContent | null): boolean {
  if (one === null || other === null) return one === other;
  return one.ttlSeconds === other.ttlSeconds && JSON.stringify(one.values) === JSON.stringify(other.values);
}

/** What has to change so that names have the wanted sets and no other. */
export function changesTo(wanted: readonly RecordSet[], found: readonly RecordSet[]): SetChange[] {
  const keys = new Map([...found, ...wanted].map((set) => [keyOf(set), set]));
  const contentOf = (sets: readonly RecordSet[], key: string): SetContent | null => {
    const set = sets.find((each) => keyOf(each) === key);
    return set ? { ttlSeconds: set.ttlSeconds, values: set.values } : null;
  };
  return [...keys]
    .map(([key, { name, type }]) => ({ name, type, from: contentOf(found, key), to: contentOf(wanted, key) }))
    .filter(({ from, to }) => !isSameContent(from, to))
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.type, b.type));
}

/** The content that a zone has for the set of a change. */
export function contentAt(
  sets: readonly RecordSet[],
  { name, type }: Pick<SetChange, 'name' | 'type'>,
): SetContent | null {
  return sets.find((set) => set.name === name && set.type === type) ?? null;
}

function keyOf({ name, type }: RecordSet): string {
  return `${name} ${type}`;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** `www.shop.test`, without a dot at its end. */
export function wholeName(name: string, zone: string): string {
  return name === '@' ? zone : `${name}.${zone}`;
}

/** The name below the zone; undefined: it is not in it. */
export function nameBelow(whole: string, zone: string): string | undefined {
  const plain = whole.toLowerCase().replace(/\.$/, '');
  if (plain === zone) return '@';
  return plain.endsWith(`.${zone}`) ? plain.slice(0, -zone.length - 1) : undefined;
}
