import type { DnsName, DnsProvider } from '../config/config-types.js';
import { weightedSetOf } from '../layers/dns/adapters.js';
import type { RecordSet } from '../layers/dns/records.js';
import { sharedSets } from '../layers/dns/wanted.js';

/** Weights of rooms before and after a move. */
export interface MovedWeights {
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
}

/** The last step of a move. */
export const ALL_PERCENT = 100;

/**
 * The weights of a move that is done to a part: each room has gone `percent` of the way from its share before to its share after.
 * They are as small as whole numbers can be.
 */
export function partlyMoved({ before, after }: MovedWeights, percent: number): ReadonlyMap<string, number> {
  const [sumBefore, sumAfter] = [sumOf(before), sumOf(after)];
  const weights = [...new Set([...before.keys(), ...after.keys()])].map((room): [string, number] => {
    const stays = (before.get(room) ?? 0) * sumAfter * (ALL_PERCENT - percent);
    return [room, stays + (after.get(room) ?? 0) * sumBefore * percent];
  });
  const divisor = weights.reduce((common, [, weight]) => greatestDivisor(common, weight), 0) || 1;
  return new Map(weights.map(([room, weight]) => [room, weight / divisor]));
}

/** The sets of a name in the middle of a move; undefined: its provider answers nobody by weight. */
export function partSets(
  name: DnsName,
  provider: DnsProvider,
  moved: MovedWeights,
  percent: number,
): readonly RecordSet[] | undefined {
  const weighted = weightedSetOf(provider);
  return weighted && sharedSets(name, partlyMoved(moved, percent), weighted);
}

export function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}

function sumOf(weights: ReadonlyMap<string, number>): number {
  return [...weights.values()].reduce((sum, weight) => sum + weight, 0);
}
