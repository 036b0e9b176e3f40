import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ListingReader } from '../../../src/lib/logs/listing.js';
import { pathWord } from '../../../src/lib/logs/remote-path.js';
import { SpyHost } from '../../support/spy-host.js';

let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
  mkdirSync(at('log'));
  writeFileSync(at('log/app.log'), 'new\n');
});
afterEach(() => host.close());

const at = (name: string) => join(host.folder, name);

/** What names.sh lists there, as the program reads it. */
function listed(limit = 10) {
  const pattern = at('log/*.log');
  const { status, stdout } = host.run('logs/list', [String(limit), pattern]);
  expect(status).toBe(0);
  return new ListingReader([pattern], limit).read(Buffer.from(stdout));
}

describe('logs/list', () => {
  it('lists a log with what was rotated away from it', () => {
    writeFileSync(at('log/app.log.1'), 'older\n');
    symlinkSync('app.log', at('log/b c.log'));
    const { named, rotated } = listed();
    expect(named.map(({ path, size }) => [path, size])).toContainEqual([at('log/app.log'), 4]);
    expect(rotated.map(({ path, size }) => [path, size])).toEqual([[at('log/app.log.1'), 6]]);
  });

  it.each<readonly [string, string, () => void]>([
    [
      'a link that leads in a circle',
      'is a link that leads nowhere',
      () => symlinkSync('around', at('around')),
    ],
    ['a file in the place of a folder', 'is no folder', () => writeFileSync(at('around'), '')],
  ])('says of a pattern behind %s that it cannot be looked for', (_, why, make) => {
    make();
    const patterns = [at('around/*.log'), at('around/deep/app.log'), at('none/*.log')];
    const { status, stdout } = host.run('logs/list', ['10', ...patterns]);
    const { hidden, missing } = new ListingReader(patterns, 10).read(Buffer.from(stdout));
    expect({ status, missing }).toEqual({ status: 0, missing: [at('none/*.log')] });
    expect([...hidden.keys()]).toEqual(patterns.slice(0, 2));
    for (const said of hidden.values()) expect(said).toContain(`${at('around')} ${why}`);
  });

  it.each([
    ['xargs', 'exit 127'],
    ['xargs', 'kill -KILL $$'],
    ['stat', 'kill -KILL $$'],
    ['stat', 'echo "unrecognized option: printf" >&2; exit 1'],
  ])('takes no list for empty where %s fails: %s', (program, script) => {
    host.program(program, script);
    expect(host.run('logs/list', ['10', at('log/*.log')])).toMatchObject({ status: 75 });
    const follow = host.run('logs/follow', ['-aE', '', '', '', '10', at('log/*.log')], 'token\na\n');
    expect(follow).toMatchObject({ status: 75, stdout: '' });
  });

  it('takes no list for whole where a program fails in the middle', () => {
    host.program('stat', `[ "$(wc -l <'${at('calls')}')" -gt 1 ] && kill -KILL $$; exec /usr/bin/stat "$@"`);
    expect(host.run('logs/list', ['10', at('log/*.log')])).toMatchObject({ status: 75 });
    const follow = host.run('logs/follow', ['-aE', '', '', '', '10', at('log/*.log')], 'token\na\n');
    expect(follow.status).toBe(75);
    expect(follow.stdout).not.toContain('token E');
  });

  it('takes no more names than it was told, and says how many there are', () => {
    for (const name of ['b', 'c', 'd']) writeFileSync(at(`log/${name}.log`), '');
    expect([...listed(2).tooMany.values()]).toEqual([4]);
  });
});

describe('logs/fetch', () => {
  const fetch = (verb: string, id: string, from: number, size: number) =>
    host.run('logs/fetch', [verb, pathWord(at('log/app.log')), id, String(from), String(size)]);
  const idOf = () => listed().named.find(({ path }) => path === at('log/app.log'))?.id ?? '';

  it('sends a part of a file, and tells the digest of its begin', () => {
    const id = idOf();
    expect(fetch('send', id, 1, 2)).toMatchObject({ status: 0, stdout: 'ew' });
    const digest = createHash('sha256').update('ne').digest('hex');
    expect(fetch('digest', id, 0, 2)).toMatchObject({ status: 0, stdout: `${digest}  -\n` });
  });

  it('sends nothing of another file that has come to its place', () => {
    const id = idOf();
    writeFileSync(at('log/next'), 'secret\n');
    renameSync(at('log/next'), at('log/app.log'));
    expect(fetch('send', id, 0, 9)).toMatchObject({ status: 65, stdout: '' });
  });
});
