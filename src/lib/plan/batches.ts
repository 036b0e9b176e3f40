import { UsageError } from '../errors.js';
import { type Amount, parseAmount } from './amount.js';

/**
 * Reads sizes of batches as typed, such as `1,5,20%`.
 * @throws {UsageError} when a size is neither a number of hosts from 1 nor a percentage from 1% to 100%
 */
export function parseBatchSizes(text: string): readonly Amount[] {
  return text.split(',').map((part) => {
    const amount = parseAmount(part);
    if (amount !== undefined && amount.value > 0) return amount;
    throw new UsageError(
      `--batch is ${JSON.stringify(text)}; ${JSON.stringify(part)} is no size of a batch`,
      'sizes are numbers of hosts or percentages, the last repeats: --batch 1,5,20%',
    );
  });
}

/**
 * How many hosts each batch has: the sizes in their order, the last one repeated until `count` hosts are in a batch. A percentage
 * is of the whole count, rounded up. The sum is `count`; without sizes there is one batch.
 */
export function batchesOf(sizes: readonly Amount[], count: number): readonly number[] {
  const batches: number[] = [];
  let left = count;
  while (left > 0) {
    const size = sizes[Math.min(batches.length, sizes.length - 1)];
    const hosts = Math.min(left, size === undefined ? left : hostsOf(size, count));
    batches.push(hosts);
    left -= hosts;
  }
  return batches;
}

function hostsOf({ value, percent }: Amount, count: number): number {
  return Math.max(1, percent ? Math.ceil((value * count) / 100) : value);
}
