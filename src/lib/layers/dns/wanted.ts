import type { DnsName } from '../../config/config-types.js';
import { addressType, type RecordSet, recordSet } from './records.js';

/** An address, and how often it is the answer, compared with the others of its name and type. */
export interface Share {
  readonly address: string;
  readonly weight: number;
}

/** Makes the set that answers one address of several, by weight. */
export type WeightedSet = (name: string, ttlSeconds: number, shares: readonly Share[]) => RecordSet;

/**
 * The sets of a name with these weights of rooms. Rooms of the same weight are answered together, so that users have a second
 * address to try; different weights answer with one.
 *
 * @throws an Error when no room has a weight, or weights differ and the authority has none: the caller has checked it
 */
export function wantedSets(
  { name, rooms, ttlSeconds }: DnsName,
  weights: ReadonlyMap<string, number>,
  weighted: WeightedSet | undefined,
): RecordSet[] {
  const shares = sharesOf(rooms, weights);
  const [first] = shares;
  if (first === undefined) throw new Error(`${name} would lead nowhere`);
  const isEven = new Set(weights.values()).size === 1 || onlyOne(weights);
  if (isEven) return plainSets(name, ttlSeconds, shares);
  if (weighted === undefined) throw new Error(`${name} needs weights, and its authority has none`);
  return [weighted(name, ttlSeconds, shares)];
}

/** The same, always with one address by weight, also where the weights are the same: a share of the answers is exact then. */
export function sharedSets(
  { name, rooms, ttlSeconds }: DnsName,
  weights: ReadonlyMap<string, number>,
  weighted: WeightedSet,
): RecordSet[] {
  return [weighted(name, ttlSeconds, sharesOf(rooms, weights))];
}

/** Whether all rooms that have a weight have the same. */
function onlyOne(weights: ReadonlyMap<string, number>): boolean {
  return new Set([...weights.values()].filter((weight) => weight > 0)).size === 1;
}

/** A room with several addresses has the weight of a room. */
function sharesOf(rooms: DnsName['rooms'], weights: ReadonlyMap<string, number>): Share[] {
  const counts = [...rooms.values()].map((addresses) => addresses.length);
  const scale = counts.reduce((product, count) => product * count, 1);
  return [...rooms].flatMap(([room, addresses]) => {
    const weight = ((weights.get(room) ?? 0) * scale) / addresses.length;
    return weight === 0 ? [] : addresses.map((address) => ({ address, weight }));
  });
}

function plainSets(name: string, ttlSeconds: number, shares: readonly Share[]): RecordSet[] {
  return (['A', 'AAAA'] as const).flatMap((type) => {
    const own = shares.flatMap(({ address }) => (addressType(address) === type ? [address] : []));
    return own.length === 0 ? [] : [recordSet(name, type, ttlSeconds, own)];
  });
}
