import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostScript } from '../../src/host-script.js';

// templates/logs/grep.sh by the sh and the grep of this machine, on files that cost more to search than they are worth.
const MB = 1024 * 1024;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-search-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function search(path: string, exclude = ''): Promise<{ code: number | null; out: string }> {
  const { dev, ino, birthtimeMs } = statSync(path);
  const id = `${dev}_${ino}_${Math.floor(birthtimeMs / 1000)}`;
  const words = [path, id, '-aE', '0', 'NEEDLE', exclude, '', '', ''];
  const child = spawn('sh', ['-c', hostScript('logs/grep'), 'sh', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, out };
}

function sparse(name: string, bytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, 'NEEDLE begin\n');
  truncateSync(path, bytes);
  appendFileSync(path, '\nNEEDLE end\n');
  return path;
}

it.each([
  ['keep', ''],
  ['drop', 'x'],
])(
  'gives up a line that is too long to be held, and says so by its status (%s)',
  async (_, exclude) => {
    expect((await search(sparse('long.log', 600 * MB), exclude)).code).toBe(71);
  },
  60_000,
);

it('gives up what unpacks into such a line', async () => {
  const path = join(folder, 'zeros.log.gz');
  writeFileSync(path, gzipSync(Buffer.alloc(300 * MB), { level: 1 }));
  expect((await search(path)).code).toBe(71);
}, 60_000);

it('searches a line of 16 MB, and what comes after it', async () => {
  const path = join(folder, 'wide.log');
  writeFileSync(path, `${'x'.repeat(16 * MB)}\nNEEDLE\n`);
  expect(await search(path)).toEqual({ code: 0, out: 'NEEDLE\n' });
});

it.each(['gz', 'xz', 'bz2', 'zst'])(
  'unpacks .%s within its bounds',
  async (kind) => {
    const tool = { gz: 'gzip -9', xz: 'xz -9', bz2: 'bzip2 -9', zst: 'zstd -q -19' }[kind] ?? '';
    const path = join(folder, `packed.log.${kind}`);
    const pack = spawn('sh', ['-c', `seq 300000 | sed '$a NEEDLE' | ${tool} -c >"$1"`, 'sh', path]);
    if ((await new Promise((done) => pack.on('close', done))) !== 0) return;
    expect(await search(path)).toEqual({ code: 0, out: 'NEEDLE\n' });
  },
  60_000,
);
