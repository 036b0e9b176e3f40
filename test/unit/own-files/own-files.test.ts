import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeOwnFolder, makeRandomFolder, sweepFolders } from '../../../src/lib/own-files/folder.js';
import { lookAt } from '../../../src/lib/own-files/look.js';
import { NotOursError, requireOurs } from '../../../src/lib/own-files/not-ours.js';
import { trustedOwners } from '../../../src/lib/own-files/owners.js';
import { readTextFile } from '../../../src/lib/own-files/read.js';
import { createFile, openToAppend, replaceFile } from '../../../src/lib/own-files/write.js';
import { isRoot, possibleKinds } from '../../support/file-kinds.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-own-files-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

describe('what is ours', () => {
  it.each(possibleKinds)('$name', async ({ make, ours }) => {
    await make(at('x'), 'text');
    const attempt = () => requireOurs(at('x'), 'a file').path;
    if (ours) expect(readFileSync(attempt(), 'utf8')).toBe('text');
    else expect(attempt).toThrow(/is not ours alone|not a file|no such file|leads to itself/);
  });

  it('is nothing of an owner who is not trusted, be it only a folder far above', () => {
    mkdirSync(at('a/b'), { recursive: true });
    writeFileSync(at('a/b/c'), '');
    const { doubt } = lookAt(at('a/b/c'), new Set([4711]));
    expect(doubt).toMatchObject({ path: '/', reason: 'belongs to uid 0' });
  });

  it('counts the person behind sudo as root does, and nobody by an environment that is not root', () => {
    expect(trustedOwners({ SUDO_UID: '1000' }).has(1000)).toBe(isRoot);
    expect([...trustedOwners({ SUDO_UID: '1e3' })]).not.toContain(1000);
    expect(trustedOwners({}).has(process.geteuid?.() ?? 0)).toBe(true);
  });

  it('tells the real path of what is reached by links, relative ones and .. as well', () => {
    mkdirSync(at('real/deep'), { recursive: true });
    symlinkSync('real/./deep/../deep', at('link'));
    expect(lookAt(at('link/new')).path).toBe(at('real/deep/new'));
    symlinkSync('/', at('root'));
    expect(lookAt(at('root')).path).toBe('/');
  });
});

describe('a folder of ours', () => {
  it('is made for nobody else, with those above it', () => {
    expect(makeOwnFolder(at('a/b'))).toBe(at('a/b'));
    expect([modeOf(at('a')), modeOf(at('a/b'))]).toEqual(['700', '700']);
  });

  it('is taken as it is where it is there', () => {
    mkdirSync(at('a'), { mode: 0o755 });
    makeOwnFolder(at('a'));
    expect(modeOf(at('a'))).toBe('755');
  });

  it.each([
    ['open to everybody', (path: string) => mkdirSync(path) ?? chmodSync(path, 0o777)],
    ['sticky', (path: string) => mkdirSync(path) ?? chmodSync(path, 0o1777)],
    ['a file', (path: string) => writeFileSync(path, '')],
    ['a link to nothing', (path: string) => symlinkSync(at('nowhere'), path)],
  ])('is none that is %s', (_what, make) => {
    make(at('x'));
    expect(() => makeOwnFolder(at('x'))).toThrow(NotOursError);
    expect(lookAt(at('nowhere')).stats).toBeUndefined();
  });

  it('is refused at once where none can be made', () => {
    expect(() => makeOwnFolder('/proc/x/y/z')).toThrow(/ENOENT/);
  });

  it('has a name that nobody guesses, and goes when its process is gone; links and files stay', async () => {
    const spool = await makeRandomFolder(at('spool'), 'copy-1-');
    expect(spool).toMatch(/copy-1-.{6}$/);
    mkdirSync(at('precious'));
    writeFileSync(at('precious/file'), '');
    symlinkSync(at('precious'), at('spool/copy-2-link'));
    symlinkSync(at('precious'), join(spool, 'inner'));
    writeFileSync(at('spool/copy-3-file'), '');
    await sweepFolders(at('spool'), () => true);
    expect((await readdir(at('spool'))).sort()).toEqual(['copy-2-link', 'copy-3-file']);
    expect(await readdir(at('precious'))).toEqual(['file']);
  });
});

describe('a file', () => {
  it('is made where nothing is, for nobody else', async () => {
    await (await createFile(at('new'))).close();
    expect(modeOf(at('new'))).toBe('600');
    symlinkSync(at('elsewhere'), at('link'));
    for (const taken of ['new', 'link']) await expect(createFile(at(taken))).rejects.toThrow(/EEXIST/);
  });

  it.each(possibleKinds)(
    'is appended to when it is $name, if that is ours',
    { timeout: 20_000 },
    async ({ make, ours }) => {
      await make(at('x'), 'a');
      const append = async () => {
        const file = await openToAppend(at('x'));
        await file.write('b');
        await file.close();
      };
      if (ours) {
        await append();
        expect(readFileSync(at('x'), 'utf8')).toBe('ab');
      } else await expect(append()).rejects.toThrow(/is not ours alone|not a file|leads to itself/);
      expect(lookAt(at('nowhere')).stats).toBeUndefined();
    },
  );

  it.each(possibleKinds)('takes the place of $name and writes to nothing', async ({ make }) => {
    await make(at('x'), 'old');
    writeFileSync(at('other'), 'other');
    await replaceFile(at('x'), 'new');
    expect(statSync(at('x')).isFile()).toBe(true);
    expect(readFileSync(at('x'), 'utf8')).toBe('new');
    for (const name of await readdir(folder))
      if (name === 'x.target') expect(readFileSync(at(name), 'utf8')).toBe('old');
  });

  it('is put into a sticky folder, and into none that is open otherwise', async () => {
    mkdirSync(at('open'));
    for (const [mode, outcome] of [
      [0o1777, undefined],
      [0o777, NotOursError],
    ] as const) {
      chmodSync(at('open'), mode);
      const written = replaceFile(at('open/page'), 'x').then(
        () => undefined,
        (error) => error.constructor,
      );
      expect(await written).toBe(outcome);
    }
    expect(await readdir(at('open'))).toEqual(['page']);
  });

  it.each(possibleKinds)(
    'is read when it is $name, if that is one; nothing is waited for',
    { timeout: 20_000 },
    async ({ name, make }) => {
      await make(at('x'), 'text');
      const text = await readTextFile(at('x'), 100).catch((error) => (error as Error).message);
      const isFile = /file/.test(name);
      if (isFile) expect(text).toBe('text');
      else expect(text).toMatch(/not a file|ENOENT|ELOOP|ENXIO/);
    },
  );

  it('is read up to a bound', async () => {
    writeFileSync(at('x'), 'x'.repeat(101));
    await expect(readTextFile(at('x'), 100)).rejects.toThrow('longer than 100 bytes');
  });
});

it.runIf(isRoot)('a device is no file of ours, and is not to be changed', () => {
  expect(lookAt('/dev/null').doubt).toMatchObject({ reason: 'is a device', mend: 'name a file' });
});
