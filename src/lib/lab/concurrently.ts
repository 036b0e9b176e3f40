import { availableParallelism } from 'node:os';

/** How many short programs to run at once. */
export const TOOL_CONCURRENCY = Math.max(4, availableParallelism() * 2);

/**
 * Does the work for each item, at most `limit` at a time. After the first error no more items are started, and the error is
 * thrown.
 */
export async function concurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of queue) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
