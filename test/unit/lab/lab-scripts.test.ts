import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpyHost } from '../../support/spy-host.js';

let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
});
afterEach(() => host.close());

const at = (name: string) => join(host.folder, name);

describe('lab/enter', () => {
  it('shows the files of the lab in place of ours, those that both have, and runs the command', () => {
    host.program('mount').program('ls', 'exit 7');
    const { status, calls } = host.run('lab/enter', ['/lab/resolv', '/lab/hosts', at('none'), 'ls', 'a b']);
    const ours = [
      ['/etc/resolv.conf', '/lab/resolv'],
      ['/etc/hosts', '/lab/hosts'],
    ].filter(([file = '']) => existsSync(file));
    expect(status).toBe(7);
    expect(calls).toEqual([...ours.map(([file, lab]) => `mount --bind ${lab} ${file}`), 'ls a b']);
  });
});

describe('lab/launch', () => {
  beforeEach(() => {
    for (const group of ['one', 'two']) {
      mkdirSync(at(group));
      writeFileSync(at(`${group}/cgroup.procs`), '');
    }
  });

  it('enters the groups of a host, and boots it again as long as it reboots', () => {
    host.program('nspawn', `[ "$(wc -l <'${at('calls')}')" -ge 3 ] || exit 133`);
    const { status, calls } = host.run('lab/launch', [at('one'), at('two'), '--', 'nspawn', '--boot']);
    expect({ status, calls }).toEqual({ status: 0, calls: Array(3).fill('nspawn --boot') });
    const ids = ['one', 'two'].map((group) => readFileSync(at(`${group}/cgroup.procs`), 'utf8'));
    expect(ids[0]).toMatch(/^\d+\n$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('boots no host that cannot be put into its groups', () => {
    host.program('nspawn');
    expect(host.run('lab/launch', [at('none'), '--', 'nspawn'])).toMatchObject({ status: 2, calls: [] });
  });
});
