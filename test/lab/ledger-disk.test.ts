import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Libsql from 'libsql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedger } from '../../src/lib/ledger/open.js';
import { currentOwner } from '../../src/lib/ledger/owner.js';
import { planOf } from '../unit/ledger/fixture.js';

const KUAFU = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));

let folder: string;
let file: string;
let config: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-ledger-disk-'));
  file = join(folder, 'ledger.db');
  config = join(folder, 'k.yaml');
  await writeFile(config, `ledger: 'sqlite:${file}'\nrooms: {B: {network: 198.18.2.0/24}}\n`);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs kuafu where a shell script has mounted what it likes; the mounts end with it. */
async function kuafuAfter(script: string, ...words: readonly string[]) {
  const line = `${script}; exec "$@"`;
  const command = ['--mount', 'sh', '-ec', line, 'sh', process.execPath, KUAFU, ...words, '--config', config];
  try {
    return { code: 0, ...(await promisify(execFile)('unshare', command)) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

it('a ledger on a read-only file system is read, in use and at rest, and not written', async () => {
  const readOnly = `mount --bind '${folder}' '${folder}'; mount -o remount,ro,bind '${folder}'`;
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  const id = await ledger.open(planOf(['new-b-01']), currentOwner({}));
  expect((await kuafuAfter(readOnly, 'ops', 'list')).stdout).toContain(id);
  await ledger.finish(id, 'failed', 'broken');
  await ledger.close();
  for (const words of [
    ['ops', 'list'],
    ['ops', 'show', id],
    ['resource', 'list'],
  ]) {
    const { code, stdout } = await kuafuAfter(readOnly, ...words);
    expect({ words, code }).toEqual({ words, code: 0 });
    expect(stdout).toContain(id);
  }
  const { code, stderr } = await kuafuAfter(readOnly, 'ops', 'close', id, '--yes');
  expect(code).toBe(3);
  expect(stderr).toContain(`the ledger ${file} cannot be written`);
});

it('a ledger that does not fit on its disk is refused with what to do', async () => {
  await writeFile(config, `ledger: 'sqlite:/mnt/ledger.db'\nrooms: {B: {network: 198.18.2.0/24}}\n`);
  const tiny = 'mount -t tmpfs -o size=64k kuafu-test /mnt';
  const { code, stderr } = await kuafuAfter(tiny, 'ops', 'close', 'k3f9', '--yes');
  expect(stderr).toContain('the ledger /mnt/ledger.db cannot grow: its disk is full; nothing was changed');
  expect(stderr).toContain('make room there (df -h /mnt)');
  expect(code).toBe(3);
});

it('a ledger on a full disk is read, and not written', async () => {
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  const id = await ledger.open(planOf(['new-b-01']), currentOwner({}));
  await ledger.finish(id, 'failed', 'broken');
  await ledger.close();
  const library = new Libsql(file);
  library.exec('pragma wal_checkpoint(truncate)');
  library.close();
  await writeFile(config, `ledger: 'sqlite:/mnt/ledger.db'\nrooms: {B: {network: 198.18.2.0/24}}\n`);
  const full = [
    'mount -t tmpfs -o size=600k,mode=700 kuafu-test /mnt',
    `cp '${file}' /mnt/ledger.db`,
    'head -c 9000000 /dev/zero > /mnt/fill 2>&- || true',
  ].join('; ');
  for (const words of [
    ['ops', 'list'],
    ['ops', 'show', id],
    ['ops', 'stats'],
    ['resource', 'list'],
  ]) {
    const { code, stdout, stderr } = await kuafuAfter(full, ...words);
    expect({ words, code, stderr: code === 0 ? '' : stderr }).toEqual({ words, code: 0, stderr: '' });
    if (words[1] !== 'stats') expect(stdout).toContain(id);
  }
  const { code, stderr } = await kuafuAfter(full, 'ops', 'close', id, '--yes');
  expect(code).toBe(3);
  expect(stderr).toContain('nothing was changed');
});
