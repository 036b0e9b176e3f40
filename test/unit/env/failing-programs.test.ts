import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlacedHost } from '../../support/placed-host.js';

// A program that fails once, at any of its calls, has given no answer: no file of ours is forgotten, and none of others is taken.
let host: PlacedHost;
let folder: string;
let path: string;

function open(): void {
  host = new PlacedHost();
  folder = join(host.folder, 'etc');
  path = join(folder, 'env');
}
beforeEach(open);
afterEach(() => host.close());

const PROGRAMS = ['stat', 'grep', 'cat', 'sha256sum', 'find', 'cmp', 'mv', 'rm'];
const THEIRS = 'of a person\n';
const clean = () => host.remove(0, `file:${path}`, `parent:${folder}`);

/** Runs it with the n-th call of the program failing, for each n. @param prepare the host before it */
function everyFailure(program: string, prepare: () => void, run: () => unknown, then: () => void): void {
  for (let failing = 1, isCalled = true; isCalled; failing++) {
    host.close();
    open();
    prepare();
    const calls = join(host.folder, 'failing');
    writeFileSync(calls, '');
    const script = `printf x >> '${calls}'; [ "$(/bin/stat -c %s '${calls}')" != ${failing} ] || exit 2`;
    host.disturbance = { program, script };
    run();
    host.disturbance = undefined;
    isCalled = statSync(calls).size >= failing;
    then();
  }
}

describe.each(PROGRAMS)('where %s fails once', (program) => {
  it('while an environment file is written, the file stays known as ours', () => {
    const prepare = () => expect(host.configure(path, 'A=1\n').stdout).toBe('changed\n');
    everyFailure(
      program,
      prepare,
      () => host.configure(path, 'A=2\n'),
      () => {
        expect(host.obstacles(false, path)).toBe('');
        expect(host.configure(path, 'A=2\n').status).toBe(0);
        expect(readFileSync(path, 'utf8')).toBe('A=2\n');
        expect(clean()).toMatchObject({ status: 0, stdout: expect.not.stringContaining('left ') });
        expect(existsSync(folder)).toBe(false);
        expect(host.files(host.state)).toEqual({});
      },
    );
  });

  it('while it is taken away, the next undo takes away all of it', () => {
    const prepare = () => {
      host.configure(path, 'A=1\n');
      expect(host.configure(path, 'A=2\n').stdout).toBe('changed\n');
    };
    everyFailure(program, prepare, clean, () => {
      expect(clean()).toMatchObject({ status: 0, stdout: expect.not.stringContaining('left ') });
      expect(existsSync(folder)).toBe(false);
      expect(host.files(host.state)).toEqual({});
    });
  });

  it('what somebody else wrote there stays, and so does the folder', () => {
    const prepare = () => {
      mkdirSync(folder);
      writeFileSync(path, THEIRS);
    };
    const run = () => {
      host.configure(path, 'A=1\n');
      clean();
    };
    everyFailure(program, prepare, run, () => {
      expect(clean().status).toBe(0);
      const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
      expect([...new Set(texts)]).toEqual([THEIRS]);
    });
  });
});

describe.each(['stat', 'cmp'])('where %s fails once', (program) => {
  it('rights that are too wide are never taken for right', () => {
    const prepare = () => {
      host.configure(path, 'A=1\n');
      expect(statSync(path).mode & 0o777).toBe(0o640);
    };
    let status: number | null = null;
    const run = () => {
      chmodSync(path, 0o666);
      ({ status } = host.configure(path, 'A=1\n'));
    };
    everyFailure(program, prepare, run, () => {
      const isOpen = (statSync(path).mode & 0o007) !== 0;
      expect({ status, isOpen }).not.toEqual({ status: 0, isOpen: true });
    });
  });
});
