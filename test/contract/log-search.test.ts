import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
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

async function search(
  path: string,
  exclude = '',
  { context = '0', env = process.env }: { context?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number | null; out: string }> {
  const { dev, ino, birthtimeMs } = statSync(path);
  const id = `${dev}_${ino}_${Math.floor(birthtimeMs / 1000)}`;
  const words = [path, id, '-aE', context, 'NEEDLE', exclude, '', '', ''];
  const child = spawn('sh', ['-c', hostScript('logs/grep'), 'sh', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
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

const PACKERS = { gz: 'gzip', xz: 'xz', bz2: 'bzip2', zst: 'zstd', lz4: 'lz4' };

it.each(Object.entries(PACKERS))(
  'unpacks .%s within its bounds',
  async (end, tool) => {
    const path = join(folder, `packed.log.${end}`);
    const pack = spawn('sh', ['-c', `seq 300000 | sed '$a NEEDLE' | ${tool} -9 -c >"$1"`, 'sh', path]);
    if ((await new Promise((done) => pack.on('close', done))) !== 0) return;
    expect(await search(path)).toEqual({ code: 0, out: 'NEEDLE\n' });
  },
  60_000,
);

it.each([...Object.keys(PACKERS), 'Z', 'zip'])(
  'says of .%s by its status that there is nothing to unpack it with, and not that nothing was found',
  async (end) => {
    const path = join(folder, `lone.log.${end}`);
    writeFileSync(path, 'packed, whatever it is\n');
    expect(await search(path, '', { env: { PATH: withoutPackers() } })).toEqual({ code: 72, out: '' });
  },
);

it('says of what is no packed file, though it is called so, that it could not be read whole', async () => {
  const path = join(folder, 'false.log.gz');
  writeFileSync(path, 'NEEDLE\n');
  expect((await search(path)).code).toBe(70);
});

it('puts nothing between matches that stand apart', async () => {
  const path = join(folder, 'apart.log');
  writeFileSync(path, 'a\nNEEDLE 1\nb\n-\nc\nNEEDLE 2\nd\n');
  const { out } = await search(path, '', { context: '1' });
  expect(out).toBe('a\nNEEDLE 1\nb\nc\nNEEDLE 2\nd\n');
});

/** A folder with what the script needs and no more. */
function withoutPackers(): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const tools = ['sh', 'env', 'grep', 'cat', 'stat', 'readlink', 'id', 'dirname'];
  for (const tool of tools)
    for (const from of ['/usr/bin', '/bin'])
      if (existsSync(join(from, tool)) && !existsSync(join(bin, tool)))
        symlinkSync(join(from, tool), join(bin, tool));
  return bin;
}
