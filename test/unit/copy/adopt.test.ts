import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PlacedHost } from '../../support/placed-host.js';

// Hosts that were expanded by a version that wrote nothing down there.
let host: PlacedHost;
afterEach(() => host.close());

const FILES = { 'bin/shop': 'old', 'lib/b': 'b' };
const LEFT = /^left \S+: kuafu has no record of having brought it\n/;

/** As such a version has left it. */
function old(exclude: readonly string[] = []): string {
  host = new PlacedHost(exclude);
  host.put(FILES);
  host.put(Object.fromEntries(exclude.map((name) => [`${name}/`, ''])));
  utimesSync(host.app, 1e9, 1e9);
  return host.digest();
}

describe('an undo of what no host wrote down', () => {
  it('takes away the very tree of the plan, and nothing that is excluded', () => {
    const digest = old(['run']);
    host.put({ 'run/pid': '12' });
    expect(host.adopt(digest)).toMatchObject({ status: 0, stderr: '' });
    expect(host.remove()).toMatchObject({ status: 0, stdout: expect.stringMatching(/changed\n$/) });
    expect(host.files()).toEqual({ 'run/pid': '12' });
    expect(host.files(host.state)).toEqual({});
  });

  it.each<[string, Record<string, string>]>([
    ['a file is there beside it', { 'uploads/cat.jpg': 'cat' }],
    ['a file was changed', { 'lib/b': 'changed' }],
  ])('leaves all of it where %s', (_, files) => {
    const digest = old();
    host.put(files);
    expect(host.adopt(digest)).toMatchObject({ status: 0, stderr: '' });
    expect(host.remove().stdout).toMatch(LEFT);
    expect(host.files()).toEqual({ ...FILES, ...files });
    expect(host.files(host.state)).toEqual({});
  });

  it('leaves what the plan did not bring, and what is not there is no fault', () => {
    const digest = old();
    expect(host.adopt('')).toMatchObject({ status: 0, stderr: '' });
    expect(host.remove().stdout).toMatch(LEFT);
    host.pack(FILES);
    expect(host.adopt(digest)).toMatchObject({ status: 0, stderr: '' });
    expect(host.remove()).toMatchObject({ status: 0, stdout: 'unchanged\n' });
  });

  it('takes no list for a record that a killed look at other paths has left', () => {
    const digest = old();
    const brought = join(host.state, 'brought');
    mkdirSync(brought);
    writeFileSync(join(brought, 'srv%other%found'), 'f 1 1700000000.0000000000 theirs\0');
    expect(host.adopt(digest)).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(brought)).toEqual(['lock', `${host.app.slice(1).replaceAll('/', '%')}%tree`]);
  });

  it.each(['find', 'sort'])('records no list that %s did not bring to its end', (program) => {
    const digest = old();
    host.disturbance = { program, script: `/bin/${program} "$@" | head -c 40; exit 2` };
    expect(host.adopt(digest).status).not.toBe(0);
    host.disturbance = undefined;
    expect(readdirSync(join(host.state, 'brought'))).toEqual(['lock']);
    expect(host.adopt(digest)).toMatchObject({ status: 0 });
    expect(host.remove()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^removed /) });
    expect(host.beside()).toEqual([]);
  });

  it('wants the file as it was when its content was read', () => {
    const digest = old();
    const path = join(host.folder, 'env');
    writeFileSync(path, 'A="1"\n');
    host.disturbance = { program: 'sha256sum', script: `[ ! -e '${path}' ] || touch '${path}'` };
    expect(host.adopt(digest, { path, content: 'A="1"\n' })).toMatchObject({ status: 0 });
    host.disturbance = undefined;
    expect(host.remove(0, `file:${path}`).stdout).toContain(`left ${path}: `);
  });

  it.each<[string, string, boolean, boolean]>([
    ['takes the file that the plan wrote', 'A="1"\n', false, true],
    ['leaves one that was changed', 'A="2"\n', false, false],
    ['leaves one beside which another version stands', 'A="1"\n', true, false],
  ])('%s', (_, content, previous, goes) => {
    const digest = old();
    const path = join(host.folder, 'env');
    writeFileSync(path, 'A="1"\n');
    if (previous) writeFileSync(`${path}.kuafu-prev`, 'theirs');
    expect(host.adopt(digest, { path, content })).toMatchObject({ status: 0, stderr: '' });
    expect(host.remove(0, `file:${path}`)).toMatchObject({ status: 0 });
    expect([existsSync(path), existsSync(`${path}.kuafu-prev`)]).toEqual([!goes, previous]);
    expect(host.files()).toEqual({});
  });
});
