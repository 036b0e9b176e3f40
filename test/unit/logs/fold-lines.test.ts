import { expect, it } from 'vitest';
import { LineFolder } from '../../../src/lib/logs/fold-lines.js';
import { autoStamps } from '../../../src/lib/logs/times/auto-stamps.js';
import { renderLogGroup } from '../../../src/lib/ui/logs/log-groups.js';

const stamps = autoStamps();

function folded(lines: readonly (readonly [host: string, text: string])[]): string[] {
  const folder = new LineFolder();
  for (const [host, text] of lines) {
    const stamp = stamps(text, { zoneMinutes: 0, nowMs: Date.parse('2026-11-24T12:00:00Z') });
    folder.add({ host, source: '/a', text, cutBytes: 0, stamp, key: 0 });
  }
  return folder.groups.map(renderLogGroup);
}

it('folds lines that differ by time, process and their own host alone', () => {
  expect(
    folded([
      ['web-b-01', '2026-11-24T10:00:00Z web-b-01 shop[7]: lost db-b'],
      ['web-b-02', '2026-11-24T10:00:01Z web-b-02 shop[8]: lost db-b'],
      ['web-b-02', '2026-11-24T10:00:02Z web-b-02 shop[8]: lost db-b'],
      ['web-b-03', '2026-11-24T10:00:00Z host=web-b-03 ok'],
      ['web-b-04', '2026-11-24T10:00:09Z host=web-b-04 ok'],
    ]),
  ).toEqual(['shop: lost db-b × web-b-[01-02] (3 times)', 'host={host} ok × web-b-[03-04]']);
});

it('keeps lines apart that differ by any other number', () => {
  const lines = folded([
    ['web-b-01', '2026-11-24T10:00:00Z took 12 ms'],
    ['web-b-02', '2026-11-24T10:00:00Z took 13 ms'],
  ]);
  expect(lines).toEqual(['took 12 ms × web-b-01', 'took 13 ms × web-b-02']);
});

it('shows nothing of a line that a terminal would obey', () => {
  expect(folded([['h', 'a\x1b[2Jb']])).toEqual(['ab × h']);
});

it.each([
  ['mongo', 'lost mongodb, mongo-1, not.mongo and mongo_x', 'lost mongodb, mongo-1, not.mongo and mongo_x'],
  [
    'mongo',
    'on mongo: (mongo) mongo.example.org root@mongo',
    'on {host}: ({host}) {host}.example.org root@{host}',
  ],
  ['a.b', 'on a.b, axb', 'on {host}, axb'],
  ['web-1.example.org', 'web-1 shop[7]: web-1.example.org is web-1', 'shop: {host} is {host}'],
  ['198.18.1.1', '198.18.1.1 and 198.18.1.11', 'and 198.18.1.11'],
])('of %s, takes its name for no part of a word: %s', (host, text, expected) => {
  expect(folded([[host, text]])).toEqual([`${expected} × ${host}`]);
});
