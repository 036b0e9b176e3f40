import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/lib/config/load.js';
import { RefusedError } from '../../../src/lib/errors.js';
import { loadInitTemplate } from '../../../src/lib/scale/init-template.js';
import { isRoot, NOBODY, possibleKinds } from '../../support/file-kinds.js';

const ROOMS = 'rooms: {A: {network: 198.18.1.0/24}}\n';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'kuafu-believed-')));
  env = { HOME: folder };
  for (const name of ['above/work', 'programs']) mkdirSync(join(folder, name), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const search = () => loadConfig({ cwd: at('above/work'), env });

/** A program that leaves a trace where it ran. */
const tracing = () => `#!/bin/sh\ntouch '${at('ran')}'\necho '{"web": ["web-1"]}'\n`;

function write(path: string, text: string, mode = 0o644): string {
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a configuration that is found', () => {
  it.each(possibleKinds)('is believed if it is ours: $name', { timeout: 20_000 }, async ({ make, ours }) => {
    write(at('programs/hosts'), tracing(), 0o755);
    const file = at('above/kuafu.config.yaml');
    await make(file, `${ROOMS}inventory: {exec: ${at('programs/hosts')}}\n`);
    const found = await search().catch((error: unknown) => error);
    if (ours) expect(found).toMatchObject({ file });
    else {
      expect(found).toBeInstanceOf(RefusedError);
      expect((found as RefusedError).message).toContain(file);
      expect((found as RefusedError).hint).toContain(`--config ${file}`);
    }
    expect(existsSync(at('ran'))).toBe(ours);
  });

  it('is refused in a folder that others can write, and read in a sticky one', async () => {
    write(at('above/kuafu.config.yaml'), ROOMS);
    chmodSync(at('above'), 0o777);
    await expect(search()).rejects.toThrow(`${at('above')} can be written by everybody`);
    chmodSync(at('above'), 0o1777);
    await expect(search()).resolves.toMatchObject({ file: at('above/kuafu.config.yaml') });
  });

  it.runIf(isRoot)('is refused in the user’s own folder as anywhere else', async () => {
    mkdirSync(at('.config/kuafu'), { recursive: true });
    lchownSync(write(at('.config/kuafu/kuafu.config.json'), '{}'), NOBODY, NOBODY);
    await expect(search()).rejects.toThrow('belongs to uid 65534');
  });

  it.runIf(isRoot)('is not passed by for one further up', async () => {
    write(at('kuafu.config.yaml'), ROOMS);
    lchownSync(write(at('above/kuafu.config.yaml'), ROOMS), NOBODY, NOBODY);
    await expect(search()).rejects.toThrow('belongs to uid 65534');
  });
});

describe('a configuration that is named', () => {
  const doubts: string[] = [];
  const load = (file: string) => loadConfig({ file, env, onDoubt: (doubt) => doubts.push(doubt) });
  beforeEach(() => void doubts.splice(0));

  it.each(possibleKinds)(
    'is read when it is a file at all: $name',
    { timeout: 20_000 },
    async ({ name, make }) => {
      await make(at('k.yaml'), ROOMS);
      const loaded = await load(at('k.yaml')).catch((error: Error) => error);
      if (name.includes('a file')) expect(loaded).toMatchObject({ file: at('k.yaml') });
      else expect(loaded).toHaveProperty('exitCode');
      const doubtful = /everybody|group|folder of another|of another to|without end/.test(name);
      expect({ name, doubts: doubts.length }).toEqual({ name, doubts: doubtful ? 1 : 0 });
    },
  );

  it.runIf(isRoot)('is believed as its owner is, with a program of the same owner', async () => {
    for (const path of [
      write(at('programs/hosts'), tracing(), 0o755),
      write(at('programs/k.yaml'), `${ROOMS}inventory: {exec: ./hosts}\n`),
      at('programs'),
    ])
      chownSync(path, NOBODY, NOBODY);
    await load(at('programs/k.yaml'));
    expect(doubts).toEqual([]);
    expect(existsSync(at('ran'))).toBe(true);
  });
});

describe('an inventory program', () => {
  const load = (exec: string, timeout = '2s') =>
    loadConfig({
      file: write(at('k.yaml'), `${ROOMS}inventory: {exec: ${exec}, timeout: ${timeout}}\n`),
      env,
    });

  it.each(possibleKinds)('is run if it is ours: $name', { timeout: 20_000 }, async ({ make, ours }) => {
    await make(at('programs/hosts'), tracing());
    const loaded = load(at('programs/hosts'));
    if (ours) await loaded;
    else await expect(loaded).rejects.toThrow(/it is not run|cannot be run/);
    expect(existsSync(at('ran'))).toBe(ours);
  });

  it.each(possibleKinds)(
    'is run if the script it is given is ours: $name',
    { timeout: 20_000 },
    async ({ make, ours }) => {
      await make(at('programs/hosts'), tracing());
      const loaded = load('[/bin/sh, programs/hosts]', '500ms');
      if (ours) await loaded;
      else await expect(loaded).rejects.toThrow(/it is not run|exits with|did not end/);
      expect(existsSync(at('ran'))).toBe(ours);
    },
  );

  it('is refused below a folder that everybody can write, be the configuration named', async () => {
    write(at('programs/hosts'), tracing(), 0o755);
    chmodSync(at('programs'), 0o777);
    const refused = load(at('programs/hosts'));
    await expect(refused).rejects.toThrow(`chmod go-w ${at('programs')}`);
    expect(existsSync(at('ran'))).toBe(false);
  });

  it.each([
    ['prints', '', '20s', 'prints more than 32 MiB'],
    ['complains', ' >&2', '700ms', 'did not end within 0.7 s'],
  ])('ends when it %s without end', { timeout: 30_000 }, async (_what, stream, timeout, sentence) => {
    write(at('programs/hosts'), `#!/bin/sh\nexec yes '${'x'.repeat(1000)}'${stream}\n`, 0o755);
    await expect(load(at('programs/hosts'), timeout)).rejects.toThrow(sentence);
  });

  it('is quoted with the end of its complaints', async () => {
    write(
      at('programs/hosts'),
      `#!/bin/sh\nyes first | head -c 200000 >&2; echo the last >&2; exit 3\n`,
      0o755,
    );
    await expect(load(at('programs/hosts'))).rejects.toThrow(/exits with 3: .* first .*the last$/m);
  });
});

it.each(possibleKinds)(
  'an init template beside the configuration is used if it is ours: $name',
  async ({ make, ours }) => {
    mkdirSync(at('templates/init/mine'), { recursive: true });
    await make(at('templates/init/mine/init.sh'), 'true\n');
    const loaded = loadInitTemplate('mine', write(at('k.yaml'), ROOMS)).catch((error: unknown) => error);
    if (ours) expect(await loaded).toEqual({ name: 'mine', script: 'true\n' });
    else expect(await loaded).toHaveProperty('exitCode');
  },
);
