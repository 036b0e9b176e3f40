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
