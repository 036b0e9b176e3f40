import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ended, Kuafu } from '../support/kuafu.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

const ROOMS = 'rooms: {A: {network: 198.18.1.0/24, hosts: {web-a-01: 198.18.1.11}}}\n';
const SCALE = ['scale', '--app=shop', '--group=web', '--idc=A', '--count=1', '--template-ip=198.18.1.11'];

let folder: Awaited<ReturnType<typeof scratchFolder>>;

beforeEach(async () => {
  folder = await scratchFolder();
  await mkdir(join(folder.path, 'home'));
});

afterEach(() => folder.remove());

/** Ends a kuafu that hangs, so that only its test fails. */
async function run(words: readonly string[], settings = ''): Promise<Ended> {
  const file = join(folder.path, 'k.yaml');
  await writeFile(file, ROOMS + settings);
  const home = { HOME: join(folder.path, 'home'), XDG_STATE_HOME: '' };
  const started = new Kuafu([...words, '--config', file], home);
  const deadline = setTimeout(() => started.process.kill('SIGKILL'), 20_000);
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
