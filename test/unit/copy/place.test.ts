import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PlacedHost } from '../../support/placed-host.js';

// The scripts that hosts run, on folders of this machine.
let host: PlacedHost;
afterEach(() => host.close());

const NEW = { 'bin/shop': 'new', 'lib/a': 'a', 'empty/': '' };
const OLD = { 'bin/shop': 'old', 'lib/b': 'b' };

/** The names of these files and of their folders; that of the tree is empty. */
function namesOf(files: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(files).flatMap((name) => {
    const parts = name.replace(/\/$/, '').split('/');
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  });
  return [...new Set(['', ...names])].sort();
}

/** A host on which kuafu has put OLD, and which gets NEW. */
function expanded(exclude: readonly string[] = []): void {
  host = new PlacedHost(exclude);
  host.pack(OLD);
  expect(host.place()).toMatchObject({ status: 0, stderr: '' });
  expect(host.files()).toEqual(OLD);
  const kept = join(host.folder, 'kept');
  spawnSync('mv', [host.app, kept]);
  host.pack(NEW);
  spawnSync('mv', [kept, host.app]);
}

describe('folders of an account', () => {
  it.each(['mkdir', 'chown', 'chmod', 'mv', 'readlink', 'rm'])(
    'lead to no folder of root, be they swapped for links as %s is called',
    (program) => {
      expanded(['run/deep/er']);
      host.put({ 'run/deep/er/x': 'y' });
      const victim = join(host.folder, 'victim');
      mkdirSync(victim, { mode: 0o700 });
      const swap = [host.app, `${host.app}.kuafu-new`]
        .flatMap((app) => [`${app}/run`, `${app}/run/deep`])
        .map(
          (at) =>
            `[ -L '${at}' ] || [ ! -d '${at}' ] || { /bin/mv '${at}' '${at}.away' && ln -s '${victim}' '${at}'; }`,
        );
      host.disturbance = { program, script: swap.join('\n') };
      for (const run of [() => host.place({ replace: true }), () => host.remove()]) {
        run();
        expect(lstatSync(victim).mode & 0o7777).toBe(0o700);
        expect(readdirSync(victim)).toEqual([]);
      }
    },
  );
});

describe('a link of an account on the way to a path', () => {
  /** The account owns the folder above the app, and has put a link to a folder of root there. */
  const linked = () => {
    host = new PlacedHost();
    host.pack(NEW);
    const victim = join(host.folder, 'victim');
    mkdirSync(victim, { mode: 0o700 });
    rmSync(dirname(host.app), { recursive: true });
    symlinkSync(victim, dirname(host.app));
    return victim;
  };

  it('is refused before anything is written, and in the plan', () => {
    const victim = linked();
    lchownSync(dirname(host.app), 990, 990);
    const sentence = `${dirname(host.app)} is a link of the account `;
    expect(host.obstacles()).toContain(`mount ${sentence}`);
    expect(host.place()).toMatchObject({ status: 66, stderr: expect.stringContaining(sentence) });
    expect(host.configure(join(host.app, 'env'), 'A=1')).toMatchObject({ status: 66 });
    expect(host.push(join(host.app, 'env'), 'A=1')).toMatchObject({ status: 66 });
    expect(host.remove()).toMatchObject({ status: 66 });
    expect(readdirSync(victim)).toEqual([]);
  });

  it('is followed if it is of root, be it relative or through another', () => {
    const victim = linked();
    rmSync(dirname(host.app));
    symlinkSync('other', dirname(host.app));
    symlinkSync(`./${basename(victim)}/../victim`, join(host.folder, 'other'));
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(victim)).toEqual(['shop']);
    expect(host.push(join(host.app, 'env'), 'A=1')).toMatchObject({ status: 0, stderr: '' });
  });

  it('may lead in a circle', () => {
    linked();
    rmSync(dirname(host.app));
    symlinkSync('other', dirname(host.app));
    symlinkSync('opt', join(host.folder, 'other'));
    expect(host.place()).toMatchObject({ status: 66, stderr: expect.stringContaining('too many links') });
  });
});

describe('a tree that is copied onto another file system', () => {
  const onAnother = () => {
    host = new PlacedHost([], true);
    host.pack(NEW);
  };

  it('is whole, and leaves nothing beside itself', () => {
    onAnother();
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    expect([host.files(), host.beside()]).toEqual([NEW, ['shop']]);
    expect(host.remove().status).toBe(0);
    expect(host.beside()).toEqual([]);
  });

  it('is one file', () => {
    host = new PlacedHost([], true);
    writeFileSync(host.app, 'all of it');
    host.packWhatIsThere();
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    expect([readFileSync(host.app, 'utf8'), host.beside()]).toEqual(['all of it', ['shop']]);
  });

  it.each(['mkdir', 'stat', 'cp', 'mv', 'rmdir', 'rm', 'sync'])(
    'goes nowhere else, be the folder that holds it swapped for a link as %s is called',
    (program) => {
      onAnother();
      const victim = join(host.folder, 'victim');
      mkdirSync(victim, { mode: 0o700 });
      host.disturbance = {
        program,
        script: `for at in '${host.app}'.kuafu-tmp-*; do
          [ -L "$at" ] || [ ! -d "$at" ] || { /bin/mv "$at" "$at.away" && ln -s '${victim}' "$at"; }
        done`,
      };
      host.place();
      expect(lstatSync(victim).mode & 0o7777).toBe(0o700);
      expect(readdirSync(victim)).toEqual([]);
    },
  );

  it('goes nowhere else, be that folder swapped while cp is at work', () => {
    host = new PlacedHost([], true);
    const many = Array.from(
      { length: 3000 },
      (_, index) => [`sub-${index % 60}/file-${index}`, 'x'] as const,
    );
    host.pack(Object.fromEntries(many));
    const victim = join(host.folder, 'victim');
    mkdirSync(victim, { mode: 0o700 });
    host.disturbance = {
      program: 'cp',
      script: `/bin/cp "$@" & copy=$!
        until [ -n "$(find '${host.app}'.kuafu-tmp-* -name 'sub-*' -print -quit)" ]; do kill -0 "$copy" || break; done
        kill -STOP "$copy"
        for at in '${host.app}'.kuafu-tmp-*; do /bin/mv "$at" "$at.away" && ln -s '${victim}' "$at"; done
        kill -CONT "$copy"; wait "$copy"; exit`,
    };
    host.place();
    expect(readdirSync(victim)).toEqual([]);
  });

  it('is put into no folder of somebody else that took the name of ours', () => {
    onAnother();
    host.disturbance = {
      program: 'stat',
      script: `for at in '${host.app}'.kuafu-tmp-????????????; do
        [ ! -d "$at" ] || { /bin/mv "$at" "$at.away" && mkdir -m 777 "$at" && ln -s '${host.folder}' "$at/new"; }
      done`,
    };
    expect(host.place()).toMatchObject({
      status: 66,
      stderr: expect.stringContaining('was moved meanwhile'),
    });
    expect(readdirSync(host.folder).sort()).toEqual(expect.not.arrayContaining(['bin', 'lib']));
  });
});

describe('a tree that is put in place', () => {
  it('is whole, replaces what kuafu brought before, and leaves nothing beside itself', () => {
    expanded();
    expect(host.obstacles()).toBe('');
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    expect(host.files()).toEqual({ ...NEW });
    expect(host.beside()).toEqual(['shop']);
  });

  it('keeps what is excluded where it is, with the folders that lead there', () => {
    expanded(['run', 'var/spool/mail', 'run/deeper']);
    host.put({ 'run/pid': '12', 'run/deeper/x': 'y', 'var/spool/mail/1': 'mail' });
    expect(host.obstacles()).toBe('');
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    expect(host.files()).toEqual({
      ...NEW,
      'run/pid': '12',
      'run/deeper/x': 'y',
      'var/spool/mail/1': 'mail',
    });
    expect(host.beside()).toEqual(['shop']);
  });

  it.each([
    [
      'a file',
      { 'uploads/cat.jpg': 'cat' },
      'shop holds what was not brought by kuafu, 2 names: uploads, uploads/cat.jpg',
    ],
    ['an empty folder', { 'mnt/': '' }, 'shop holds what was not brought by kuafu, 1 name: mnt'],
    ['a name with a line end', { 'a\nb': '' }, 'shop holds what was not brought by kuafu, 1 name: a?b'],
    [
      'a file that was changed',
      { 'lib/b': 'changed' },
      'shop holds what was not brought by kuafu, 1 name: lib/b',
    ],
    [
      'many files',
      { 'm/1': '', 'm/2': '', 'm/3': '', 'm/4': '' },
      'shop holds what was not brought by kuafu, 5 names: m, m/1, m/2, ...',
    ],
  ])('never takes the place of %s that kuafu did not bring', (_, files, sentence) => {
    expanded();
    host.put(files);
    expect(host.obstacles()).toContain(`other ${host.app.replace(/shop$/, sentence)}\n`);
    const { status, stderr } = host.place();
    expect([status, stderr]).toEqual([67, `${host.app.replace(/shop$/, sentence)}\n`]);
    expect(host.files()).toEqual({ ...OLD, ...files });
    expect(host.beside()).toEqual(['shop']);
  });

  it('takes the place of all that but what is excluded where it is told to replace it', () => {
    expanded(['run']);
    host.put({ 'uploads/cat.jpg': 'cat', 'run/pid': '12', 'lib/b': 'changed' });
    expect(host.obstacles(true)).toBe('');
    expect(host.place({ replace: true })).toMatchObject({ status: 0, stderr: '' });
    expect(host.files()).toEqual({ ...NEW, 'run/pid': '12' });
    host.put({ 'uploads/cat.jpg': 'cat' });
    expect(host.place().status).toBe(67);
  });

  it('never takes the place of a link, nor of what stands under the names of a switch', () => {
    host = new PlacedHost();
    host.pack(NEW);
    mkdirSync(join(host.folder, 'elsewhere'));
    symlinkSync(join(host.folder, 'elsewhere'), host.app);
    expect(host.place()).toMatchObject({ status: 67, stderr: `${host.app} was not brought by kuafu\n` });
    expect(lstatSync(host.app).isSymbolicLink()).toBe(true);
    spawnSync('mv', [host.app, `${host.app}.kuafu-old`]);
    expect(host.place().stderr).toBe(`${host.app}.kuafu-old was not brought by kuafu\n`);
  });

  it.each(
    ['new', 'old'].flatMap((side) =>
      (['a file', 'a folder', 'an empty folder'] as const).map((what) => [what, side] as const),
    ),
  )('leaves %s that somebody puts at .kuafu-%s while it unpacks', (what, side) => {
    const at = (): string => `${host.app}.kuafu-${side}`;
    const made = { 'a file': '> "$x"', 'a folder': 'mkdir "$x"; > "$x/y"', 'an empty folder': 'mkdir "$x"' };
    for (const options of [{}, { replace: true }]) {
      expanded();
      host.disturbance = { program: 'gzip', script: `x='${at()}'; ${made[what]}` };
      expect(host.place(options)).toMatchObject({
        status: 67,
        stderr: `${at()} was not brought by kuafu\n`,
      });
      expect(host.files()).toEqual(OLD);
      expect(host.beside()).toEqual(['shop', basename(at())]);
      if (what === 'a folder') expect(readdirSync(at())).toEqual(['y']);
      host.disturbance = undefined;
      rmSync(at(), { recursive: true });
      expect(host.place(options)).toMatchObject({ status: 0, stderr: '' });
      expect([host.files(), host.beside()]).toEqual([NEW, ['shop']]);
      host.close();
    }
  });

  it('refuses where what has to stay has no folder in the new tree', () => {
    expanded(['lib/run']);
    host.put({ 'lib/run/pid': '12' });
    const there = host.files();
    spawnSync('mv', [host.app, join(host.folder, 'kept')]);
    host.pack({ lib: 'a file now' });
    spawnSync('mv', [join(host.folder, 'kept'), host.app]);
    expect(host.place()).toMatchObject({
      status: 66,
      stderr: expect.stringContaining('lib/run has to stay'),
    });
    expect(host.files()).toEqual(there);
    expect(host.beside()).toEqual(['shop']);
  });

  it('does not follow links on the way to what is excluded', () => {
    expanded(['lib/run']);
    mkdirSync(join(host.folder, 'elsewhere', 'run'), { recursive: true });
    writeFileSync(join(host.folder, 'elsewhere', 'run', 'theirs'), '');
    spawnSync('rm', ['-r', join(host.app, 'lib')]);
    symlinkSync(join(host.folder, 'elsewhere'), join(host.app, 'lib'));
    expect(host.place({ replace: true })).toMatchObject({ status: 0 });
    expect(host.files()).toEqual(NEW);
    expect(host.files(join(host.folder, 'elsewhere'))).toEqual({ 'run/theirs': '' });
  });
});

describe('a tree arrives as it left', () => {
  it('with hard links, holes, FIFOs, long and odd names, owners, modes and times', () => {
    host = new PlacedHost();
    const deep = Array.from({ length: 15 }, () => 'n'.repeat(200)).join('/');
    host.put({ [`${deep}/x`]: 'deep', 'a\nb': '', '-rf': '', '*': '', ' ': '', first: '1', secret: 's' });
    linkSync(join(host.app, 'first'), join(host.app, 'second'));
    symlinkSync('/nowhere', join(host.app, 'link'));
    writeFileSync(join(host.app, 'holes'), 'x');
    truncateSync(join(host.app, 'holes'), 3e11);
    spawnSync('mkfifo', [join(host.app, 'fifo')]);
    chmodSync(join(host.app, 'secret'), 0o400);
    if (process.getuid?.() === 0) chownSync(join(host.app, 'secret'), 12, 34);
    utimesSync(join(host.app, 'first'), 1e9, 1e9);
    host.packWhatIsThere();
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    const about = (name: string) => lstatSync(join(host.app, name));
    expect(about('first')).toMatchObject({ nlink: 2, ino: about('second').ino, mtimeMs: 1e12 });
    expect(about('holes').size).toBe(3e11);
    expect(about('holes').blocks).toBeLessThan(100);
    expect(about('fifo').isFIFO()).toBe(true);
    expect(about('link').isSymbolicLink()).toBe(true);
    expect(about('secret').mode & 0o777).toBe(0o400);
    if (process.getuid?.() === 0) expect(about('secret')).toMatchObject({ uid: 12, gid: 34 });
    expect(statSync(join(host.app, deep, 'x')).size).toBe(4);
    expect(host.remove()).toMatchObject({ status: 0, stdout: `removed ${host.app}\nchanged\n` });
    expect(host.beside()).toEqual([]);
  });
});

describe('an undo', () => {
  it('takes away all that was brought, and what was kept to know it', () => {
    expanded();
    const stdout = `removed ${host.app}\nchanged\n`;
    expect(host.remove()).toMatchObject({ status: 0, stdout, stderr: '' });
    expect(host.beside()).toEqual([]);
    expect(host.files(host.state)).toEqual({});
  });

  it('leaves what is excluded and what was not brought, and says so', () => {
    expanded(['run']);
    const own = { 'run/pid': '12', 'lib/mine': 'm', 'lib/b': 'changed', 'data/1': '1', 'a\nb/c': '' };
    host.put(own);
    const { status, stdout } = host.remove();
    expect(status).toBe(0);
    expect(stdout).toContain(`left ${host.app}, which was not brought: 5 names: `);
    expect(host.files()).toEqual(own);
    expect(host.beside()).toEqual(['shop']);
  });

  it('leaves names with line ends and other control characters, whatever stands beside them', () => {
    expanded();
    const own = Object.fromEntries(
      ['a\nb', 'a\x01b', 'a\n\x01b', 'a\\nb', 'a\\\nb\n', '\x01', 'c\n/d'].map((name) => [name, name]),
    );
    host.put(own);
    expect(host.remove()).toMatchObject({ status: 0, stderr: '' });
    expect(host.files()).toEqual(own);
    expect(host.beside()).toEqual(['shop']);
  });

  it('takes away the folder that was made for the tree, and none that was there before, be it empty', () => {
    expanded();
    const above = dirname(host.app);
    expect(host.remove(0, `parent:${above}`)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^removed/),
    });
    expect(readdirSync(above)).toEqual([]);

    rmSync(above, { recursive: true });
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    host.remove(0, `parent:${above}`);
    expect(existsSync(above)).toBe(false);
    expect(host.files(host.state)).toEqual({});
  });

  it('leaves a tree whose record is empty', () => {
    host = new PlacedHost();
    mkdirSync(host.app);
    mkdirSync(join(host.state, 'brought'));
    writeFileSync(join(host.state, 'brought', `${host.app.slice(1).replaceAll('/', '%')}%tree`), '');
    expect(host.remove().stdout).toContain(`left ${host.app}: kuafu has no record`);
    expect(existsSync(host.app)).toBe(true);
  });

  it('leaves a tree of which there is no record', () => {
    host = new PlacedHost();
    host.put(OLD);
    expect(host.remove()).toMatchObject({
      status: 0,
      stdout: `left ${host.app}: kuafu has no record of having brought it\nunchanged\n`,
    });
    expect(host.files()).toEqual(OLD);
  });
});

// Killed before the n-th change, and so after the one before it: whatever that leaves, nothing of what has to stay is lost, and
// the next run ends as the first would have.
describe('kill -9 at each step', () => {
  const own = { 'run/pid': '12', 'var/spool/mail/1': 'mail' };

  function everyKill(run: (kill?: number) => unknown, then: () => void): void {
    expanded(['run', 'var/spool/mail']);
    host.put(own);
    host.remember();
    run();
    const calls = host.calls();
    expect(calls).toBeGreaterThan(5);
    for (let kill = 1; kill <= calls; kill++) {
      host.recall();
      expect([kill, run(kill)]).toMatchObject([kill, { signal: 'SIGKILL' }]);
      const everywhere = Object.entries(host.files(join(host.folder, 'opt')));
      for (const [name, content] of Object.entries(own))
        expect(
          everywhere.filter(([path, text]) => path.endsWith(`/${name}`) && text === content),
        ).toHaveLength(1);
      expect([kill, run()]).toMatchObject([kill, { status: 0, stderr: '' }]);
      then();
      expect(host.beside()).toEqual(['shop']);
    }
  }

  it('of a switch', () => {
    everyKill(
      (kill) => host.place({ kill }),
      () => expect(host.files()).toEqual({ ...NEW, ...own }),
    );
  }, 120_000);

  it('of a switch, and counts as brought only what got into its place', () => {
    expanded();
    host.remember();
    host.place();
    const calls = host.calls();
    for (let kill = 1; kill <= calls; kill++) {
      host.recall();
      host.place({ kill });
      // Ends the switch, and brings nothing itself.
      host.disturbance = { program: 'gzip', script: 'exit 1' };
      expect(host.place().status).toBe(1);
      host.disturbance = undefined;
      const there = host.files()['bin/shop'] === 'new' ? NEW : OLD;
      expect([kill, host.files()]).toEqual([kill, there]);
      expect([kill, host.recorded()]).toEqual([kill, namesOf(there)]);
      expect([kill, host.remove().status, host.files(host.state)]).toEqual([kill, 0, {}]);
    }
  }, 120_000);

  it('of a switch to another file system', () => {
    everyKill(
      (kill) => {
        host.disturbance = {
          program: 'stat',
          script: `case $* in '-c %d -- /'*) printf '1\\n2\\n'; exit ;; esac`,
        };
        return host.place({ kill });
      },
      () => expect(host.files()).toEqual({ ...NEW, ...own }),
    );
  }, 120_000);

  it('of an undo', () => {
    everyKill(
      (kill) => host.remove(kill),
      () => expect(host.files()).toEqual(own),
    );
  }, 120_000);
});
