import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RateLimit } from '../../../src/lib/copy/rate-limit.js';
import { scratchFolder } from '../ledger/fixture.js';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let file: string;
beforeEach(async () => {
  folder = await scratchFolder();
  file = join(folder.path, 'archive');
  await writeFile(file, 'x'.repeat(4000));
});
afterEach(() => folder.remove());

async function bytesOf(limit: RateLimit, start = 0, signal = new AbortController().signal): Promise<number> {
  let bytes = 0;
  for await (const piece of limit.piecesOf(file, start, signal)) bytes += piece.length;
  return bytes;
}

it('is of all that goes out together, and everybody gets all', async () => {
  const limit = new RateLimit(20_000);
  const startedMs = performance.now();
  expect(await Promise.all([bytesOf(limit), bytesOf(limit), bytesOf(limit, 1000)])).toEqual([
    4000, 4000, 3000,
  ]);
  // 11,000 bytes, of which the last piece need not be waited for.
  expect(performance.now() - startedMs).toBeGreaterThan(400);
});

it('of less than a byte a piece is held, and ends with the operation', async () => {
  const operation = new AbortController();
  const limit = new RateLimit(1);
  const pieces = limit.piecesOf(file, 0, operation.signal);
  expect((await pieces.next()).value).toHaveLength(1);
  const second = pieces.next();
  operation.abort(new Error('over'));
  await expect(second).rejects.toThrow();
});

it('is none where none is asked for', async () => {
  expect(await bytesOf(new RateLimit())).toBe(4000);
});
