import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlacedHost } from '../../support/placed-host.js';

// What a host knows of the environment files that kuafu wrote there, whatever was cut off.
let host: PlacedHost;
let folder: string;
let path: string;

beforeEach(() => {
  host = new PlacedHost();
  folder = join(host.folder, 'etc');
  path = join(folder, 'env');
});
afterEach(() => host.close());

const THEIRS = 'of a person\n';
const clean = () => host.remove(0, `file:${path}`, `parent:${folder}`);
const inTheWay = () => host.obstacles(false, path);
const record = (kind: string) => join(host.state, 'brought', `${path.slice(1).replaceAll('/', '%')}%${kind}`);

/** @param first what was written before; undefined: this is the first time */
function everyKill(first: string | undefined, then: (kill: number) => void): void {
  let kill = 0;
  for (let isKilled = true; isKilled; then(kill)) {
    host.close();
    host = new PlacedHost();
    folder = join(host.folder, 'etc');
    path = join(folder, 'env');
    if (first !== undefined) expect(host.configure(path, first).stdout).toBe('changed\n');
    kill += 1;
    isKilled = host.configure(path, 'A=2\n', kill).signal === 'SIGKILL';
  }
  expect(kill).toBeGreaterThan(15);
}

describe('a write that is killed at each step', () => {
  it('makes nothing ours that somebody puts there later', () => {
    everyKill(undefined, (kill) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, THEIRS);
      expect([kill, inTheWay()]).toEqual([kill, `env ${path} was not brought by kuafu\n`]);
      const { status, stdout } = clean();
      expect([kill, status, stdout.includes(`left ${path}: `)]).toEqual([kill, 0, true]);
      expect([kill, readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual([kill, THEIRS, ['env']]);
    });
  }, 120_000);

  it.each([[undefined], ['A=1\n']])(
    'leaves a file that is known as ours, after %j, and all of it goes',
    (first) => {
      everyKill(first, (kill) => {
        expect([kill, inTheWay()]).toEqual([kill, '']);
        expect([kill, clean().status, existsSync(path)]).toEqual([kill, 0, false]);
        expect([kill, existsSync(folder)]).toEqual([kill, false]);
        expect([kill, host.files(host.state)]).toEqual([kill, {}]);
      });
    },
    120_000,
  );
});

describe('a push to a host that kuafu did not bring', () => {
  beforeEach(() => {
    mkdirSync(folder);
    writeFileSync(path, THEIRS);
    host.remember(folder);
  });

  it('leaves nothing of kuafu but the version from before', () => {
    for (const stdout of ['changed\n', 'unchanged\n'])
      expect(host.push(path, 'A=1\n')).toMatchObject({ status: 0, stdout });
    expect(readdirSync(folder).sort()).toEqual(['env', 'env.kuafu-prev']);
    expect(existsSync(host.state)).toBe(false);
  });

  it('leaves no file with secrets where it is refused', () => {
    host.disturbance = { program: 'sha256sum', script: 'exec echo another' };
    expect(host.push(path, 'A=1\n').status).toBe(1);
    expect([readdirSync(folder), existsSync(host.state)]).toEqual([['env'], false]);
  });

  it.each([
    ['the next push', () => host.push(path, 'A=1\n')],
    ['an undo', clean],
  ])('leaves no file with secrets that %s does not take away, killed at each step', (_, then) => {
    let kill = 1;
    for (; host.push(path, 'A=1\n', kill).signal === 'SIGKILL'; kill++) {
      expect([kill, then().status]).toEqual([kill, 0]);
      const left = readdirSync(folder).filter((name) => !/^env(\.kuafu-prev)?$/.test(name));
      expect([kill, left, host.files(host.state)]).toEqual([kill, [], {}]);
      host.recall();
    }
    expect(kill).toBeGreaterThan(10);
  });
});

it.each([
  ['empty', (): string => ''],
  ['cut off', (whole: string): string => whole.slice(0, -4)],
])('a record that is %s makes no file ours', (_, cut) => {
  expect(host.configure(path, 'A=1\n').stdout).toBe('changed\n');
  writeFileSync(record('env'), cut(readFileSync(record('env'), 'utf8')));
  expect(inTheWay()).toBe(`env ${path} was not brought by kuafu\n`);
  expect(clean().stdout).toContain(`left ${path}: `);
  expect(readFileSync(path, 'utf8')).toBe('A=1\n');
});

it('a file that somebody has changed is in the way of the next expansion', () => {
  host.configure(path, 'A=1\n');
  expect(inTheWay()).toBe('');
  writeFileSync(path, THEIRS);
  expect(inTheWay()).toBe(`env ${path} was not brought by kuafu\n`);
});

it('the file that was there before a write is kept beside it, and stays when the write is undone', () => {
  mkdirSync(folder);
  writeFileSync(path, THEIRS);
  expect(host.configure(path, 'A=1\n').stdout).toBe('changed\n');
  expect(clean().stdout).toMatch(/^removed \S+\/env\nleft \S+\/env\.kuafu-prev: /m);
  expect(readdirSync(folder)).toEqual(['env.kuafu-prev']);
  expect(readFileSync(`${path}.kuafu-prev`, 'utf8')).toBe(THEIRS);
});

it('a file that is named as ours are while they are written stays', () => {
  host.configure(path, 'A=1\n');
  writeFileSync(`${path}.kuafu-tmp-notes-of-mine`, THEIRS);
  writeFileSync(`${path}.kuafu-tmp-abcdefghijkl`, THEIRS);
  host.configure(path, 'A=2\n');
  expect(clean()).toMatchObject({ status: 0, stdout: expect.stringMatching(/changed\n$/) });
  expect(readdirSync(folder).sort()).toEqual(['env.kuafu-tmp-abcdefghijkl', 'env.kuafu-tmp-notes-of-mine']);
});

describe('the folder of a file', () => {
  it.each([
    ['was there before', () => mkdirSync(folder), true],
    ['was made for it', () => undefined, false],
  ])('that %s', (_, before, stays) => {
    before();
    expect(host.configure(path, 'A=1\n').stdout).toBe('changed\n');
    expect(clean()).toMatchObject({ status: 0, stdout: `removed ${path}\nchanged\n` });
    expect(existsSync(folder)).toBe(stays);
    expect(host.files(host.state)).toEqual({});
  });

  it('goes with the folders above it that were made with it', () => {
    path = join(folder, 'a', 'b', 'env');
    host.configure(path, 'A=1\n');
    writeFileSync(join(folder, 'theirs'), '');
    host.remove(0, `file:${path}`, `parent:${join(folder, 'a', 'b')}`);
    expect(readdirSync(folder)).toEqual(['theirs']);
  });

  it('stays where somebody has made it anew', () => {
    host.configure(path, 'A=1\n');
    renameSync(folder, `${folder}.away`);
    mkdirSync(folder);
    clean();
    expect(existsSync(folder)).toBe(true);
    expect(host.files(host.state)).toEqual({});
  });
});
