import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/lib/ledger/open.js';
import { currentOwner } from '../../src/lib/ledger/owner.js';
import { generateLedger } from '../support/generated-ledger.js';
import { type Ended, Kuafu } from '../support/kuafu.js';
import { planOf, scratchFolder } from '../unit/ledger/fixture.js';

const ROOMS = 'rooms: {A: {network: 198.18.1.0/24, hosts: {web-a-01: 198.18.1.11}}}\n';
const SCALE = ['scale', '--app=shop', '--group=web', '--idc=A', '--count=1', '--template-ip=198.18.1.11'];

let folder: Awaited<ReturnType<typeof scratchFolder>>;

beforeEach(async () => {
  folder = await scratchFolder();
  await mkdir(join(folder.path, 'home'));
});

afterEach(() => folder.remove());

/** Ends a kuafu that hangs, so that only its test fails. */
async function run(words: readonly string[], settings = '', patienceMs = 20_000): Promise<Ended> {
  const file = join(folder.path, 'k.yaml');
  await writeFile(file, ROOMS + settings);
  const home = { HOME: join(folder.path, 'home'), XDG_STATE_HOME: '' };
  const started = new Kuafu([...words, '--config', file], home);
  const deadline = setTimeout(() => started.process.kill('SIGKILL'), patienceMs);
  return await started.ended.finally(() => clearTimeout(deadline));
}

// In /proc no folder can be made, and mkdir(2) says that there is no such folder.
it('a ledger in a place where no folder can be made is refused at once', async () => {
  const { code, stderr } = await run(SCALE, 'ledger: sqlite:/proc/x/ledger.db\n');
  expect(code).toBe(3);
  expect(stderr).toContain('the ledger /proc/x/ledger.db cannot be written');
});

it.each([
  [['ops', 'list'], 0],
  [['resource', 'list'], 0],
  [['config', 'export'], 0],
  [['ops', 'show', 'k3f9'], 2],
  [['ops', 'close', 'k3f9', '--dry-run'], 2],
  [['ops', 'resume', 'k3f9', '--dry-run'], 2],
  [[...SCALE, '--dry-run'], 2],
] as const)('%j makes no ledger', async (words, exitCode) => {
  const { code, stderr } = await run(words);
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(code).toBe(exitCode);
  expect(await readdir(join(folder.path, 'home'))).toEqual([]);
});

describe('a damaged ledger', () => {
  /** Whole pages with operations in them, all of it in the one file. */
  async function sound(file: string): Promise<Buffer> {
    const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
    for (let n = 0; n < 30; n += 1) {
      const id = await ledger.open(planOf(['h'], { locks: [`l${n}`], claims: [] }), currentOwner({}));
      await ledger.finish(id, 'done', 'x'.repeat(2000));
    }
    await ledger.close();
    const library = new Libsql(file);
    library.exec('pragma wal_checkpoint(truncate)');
    library.close();
    return await readFile(file);
  }

  it.each([
    ['cut off in the middle', (content: Buffer) => content.subarray(0, content.length / 2)],
    ['cut off within its first page', (content: Buffer) => content.subarray(0, 50)],
    ['overwritten with something else', (content: Buffer) => Buffer.alloc(content.length, 'not a ledger\n')],
    [
      'broken in all pages but the first',
      (content: Buffer) => Buffer.concat([content.subarray(0, 4096), Buffer.alloc(content.length - 4096, 7)]),
    ],
  ])('that was %s is said, refused and left as it is', async (_what, damage) => {
    const file = join(folder.path, 'ledger.db');
    const damaged = damage(await sound(file));
    await writeFile(file, damaged);
    const settings = `ledger: 'sqlite:${file}'\n`;
    for (const words of [
      ['ops', 'list'],
      ['ops', 'stats', '--json'],
      ['resource', 'list'],
      SCALE,
      ['ops', 'close', 'k3f9'],
    ]) {
      const { code, stderr } = await run(words, settings);
      expect({ words, code }).toEqual({ words, code: 3 });
      expect(stderr).toContain(`the ledger ${file} is damaged; it was left as it is`);
      expect(stderr).toContain('.recover');
      expect(stderr).not.toMatch(/\n {4}at /);
    }
    expect((await readFile(file)).equals(damaged)).toBe(true);
  });

  it.each([
    ['id = null', ['ops', 'list']],
    ["owner = 'null'", ['ops', 'list']],
  ])('whose operation has %s is said and refused', async (change, words) => {
    const file = join(folder.path, 'ledger.db');
    await writeFile(file, await sound(file));
    const library = new Libsql(file);
    library.exec(`pragma foreign_keys = off; update operations set ${change}`);
    library.close();
    const { code, stderr } = await run(words, `ledger: 'sqlite:${file}'\n`);
    expect(code).toBe(3);
    expect(stderr).toContain(`the ledger ${file} is damaged; it was left as it is`);
  });

  it('that is empty is a new one', async () => {
    const file = join(folder.path, 'ledger.db');
    await writeFile(file, '');
    expect(await run(['ops', 'list'], `ledger: 'sqlite:${file}'\n`)).toMatchObject({ code: 0 });
  });
});

describe('a ledger of 2,000 operations', { timeout: 120_000 }, () => {
  it('is listed and counted while somebody waits', async () => {
    const file = join(folder.path, 'ledger.db');
    const made = await generateLedger(file, 2000, new Date('2026-11-23T10:00:00.000Z'));
    const settings = `ledger: 'sqlite:${file}'\n`;
    expect((await run(['ops', 'list'], settings, 60_000)).code).toBe(0); // brings the ledger up to date, once
    const listed = await run(['ops', 'list', '--host', 'new-b-61', '--json'], settings, 10_000);
    expect(JSON.parse(listed.stdout).operations[0].id).toBe(
      made.findLast(({ hosts }) => hosts.includes('new-b-61'))?.id,
    );
    const { stdout } = await run(['ops', 'stats', '--json'], settings, 10_000);
    const counts = (JSON.parse(stdout).operations as { count: number }[]).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2000);
  });
});
