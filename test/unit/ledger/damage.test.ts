import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KuafuError } from '../../../src/lib/errors.js';
import { damageBehindError } from '../../../src/lib/ledger/damage.js';
import { LedgerUnusableError } from '../../../src/lib/ledger/errors.js';
import { openLedger } from '../../../src/lib/ledger/open.js';
import { openedLedgers } from '../../../src/lib/ledger/opened.js';
import { readAssigned } from '../../../src/lib/ledger/read-assigned.js';
import { painter } from '../../../src/lib/ui/frame/colour.js';
import { renderOperation } from '../../../src/lib/ui/ops/ops-view.js';
import { generateLedger } from '../../support/generated-ledger.js';
import { scratchFolder } from './fixture.js';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let file = '';
let puts = 0;

beforeAll(async () => {
  folder = await scratchFolder();
});

afterAll(() => folder.remove());

async function sound(operations: number): Promise<{ content: Buffer; ids: readonly string[] }> {
  const source = join(folder.path, `sound-${operations}.db`);
  const made = await generateLedger(source, operations, new Date('2026-11-23T10:00:00.000Z'));
  const library = new Libsql(source);
  library.exec('pragma wal_checkpoint(truncate)');
  library.close();
  return { content: await readFile(source), ids: made.map(({ id }) => id) };
}

/** 0 ≤ x < 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** As a ledger of its own: the process may have another open still. */
async function put(content: Buffer): Promise<void> {
  if (file !== '') await rm(file, { force: true });
  puts += 1;
  file = join(folder.path, `ledger-${puts}.db`);
  await writeFile(file, content, { mode: 0o600 });
}

/** With some bytes other than they were, anywhere or in the pages of the schema. */
function damagedBy(content: Buffer, bytes: number, next: () => number): Buffer {
  const damaged = Buffer.from(content);
  const within = next() < 0.3 ? 8192 : damaged.length;
  for (let n = 0; n < bytes; n += 1) damaged[Math.floor(next() * within)] = Math.floor(next() * 256);
  return damaged;
}

/** All that commands read. */
async function readAll(ids: readonly string[]): Promise<void> {
  await readAssigned({ ledger: { kind: 'sqlite', file } });
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } }, 'read');
  try {
    await ledger.list({});
    await ledger.tallies({});
    await ledger.takenSpares();
    for (const id of ids) {
      const record = await ledger.show(id);
      renderOperation(record, { now: new Date(), width: 100, paint: painter('stdout'), events: true });
    }
  } finally {
    await ledger.close();
  }
}

/** What a command would end with: 0, or the code of what explains its error. */
async function endOf(ids: readonly string[]): Promise<number | string> {
  openedLedgers.clear();
  try {
    await readAll(ids);
    return 0;
  } catch (error) {
    const cause: unknown = error instanceof KuafuError ? error : ((await damageBehindError()) ?? error);
    return cause instanceof KuafuError && cause.exitCode < 4 ? cause.exitCode : String(cause);
  }
}

describe.each([
  ['a small one, looked through when it is opened', 40, 90],
  ['a large one, which is not', 600, 12],
])(
  'a ledger with bytes that are others than they were: %s',
  { timeout: 120_000 },
  (_what, operations, rounds) => {
    it(`is read or refused, ${rounds} times, and ends no process`, async () => {
      const { content, ids } = await sound(operations);
      await put(content);
      expect(await endOf(ids.slice(0, 3))).toBe(0);
      const next = random(operations);
      const ends: Record<string, number> = {};
      for (let round = 0; round < rounds; round += 1) {
        await put(damagedBy(content, [1, 3, 40][round % 3] ?? 1, next));
        const end = await endOf(ids.slice(-3));
        ends[end] = (ends[end] ?? 0) + 1;
        // 2: the id is another one now, which cannot be told from one that never was.
        expect([0, 2, 3], `round ${round}`).toContain(end);
      }
      expect(ends[3]).toBeGreaterThan(rounds / 4);
    });
  },
);

it('an error of ours is not blamed on a ledger that is sound', async () => {
  const { content, ids } = await sound(20);
  await put(content);
  openedLedgers.clear();
  await readAll(ids.slice(0, 1));
  expect(await damageBehindError()).toBeUndefined();
});

it('an event that makes no sense is damage', async () => {
  const { content, ids } = await sound(21);
  await put(content);
  openedLedgers.clear();
  await readAll(ids.slice(0, 1));
  const library = new Libsql(file);
  library.exec(`update events set body = replace(body, '"result"', '"resXlt"')`);
  library.close();
  expect(await damageBehindError()).toBeInstanceOf(LedgerUnusableError);
});
