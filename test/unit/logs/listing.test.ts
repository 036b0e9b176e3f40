import { describe, expect, it } from 'vitest';
import { ListingReader, oddText, tooManyText } from '../../../src/lib/logs/listing.js';

const read = (...records: (string | Buffer)[]) => {
  const bytes = records.map((record) => Buffer.concat([Buffer.from(record), Buffer.of(0)]));
  return new ListingReader(['/l/*.log', '/l/x'], 100).read(Buffer.concat(bytes));
};
const FILE = 'f 1 8_1_99 10 1000.25 81a0';

describe('ListingReader', () => {
  it('takes names as they are, whatever they look like', () => {
    const names = [
      '/l/x\nz}$(touch${IFS}pwned) 1 8.log',
      '/l/f 1 8_2_99 0 0 81a4 /etc/shadow',
      '/l/\n',
      '/l/- a',
    ];
    for (const name of names) {
      const { named } = read(`${FILE} ${name}`);
      expect(named.map(({ path }) => path)).toEqual([name]);
    }
    const raw = Buffer.concat([Buffer.from(`${FILE} /l/`), Buffer.of(0xff, 0x0a)]);
    expect(read(raw).named[0]?.path).toBe('/l/\udcff\n');
  });

  it('tells files with their permissions, and each name once', () => {
    const { named, rotated } = read(
      `${FILE} /l/a.log`,
      `${FILE} /l/a.log`,
      `r 1 8_1_99 10 1000 81a0 /l/a.log`,
    );
    expect(named).toEqual([
      { id: '8_1_99', path: '/l/a.log', log: '/l/a.log', mtimeMs: 1_000_250, size: 10, mode: 0o640 },
    ]);
    expect(rotated).toEqual([]);
  });

  it.each([
    ['a FIFO', '11a4'],
    ['a device', '21a4'],
    ['a device', '61a4'],
    ['a socket', 'c1a4'],
    ['a link that leads nowhere', 'a1ff'],
  ])('tells %s for what it is', (what, mode) => {
    const { odd, named } = read(`e 1 0 1000 ${mode} /l/a\n.log`);
    expect(odd.map(oddText)).toEqual([`/l/a\\n.log is left out: it is ${what}`]);
    expect(odd[0]?.isAskedFor).toBe(true);
    expect(named).toEqual([]);
  });

  it('takes a link for what it leads to', () => {
    expect(read(`${FILE} /l/a.log`, 'e 1 5 1000 a1ff /l/a.log').odd).toEqual([]);
    const fifo = read('f 1 8_1_9 0 1000 11a4 /l/a.log', 'e 1 5 1000 a1ff /l/a.log');
    expect(fifo.odd.map(({ what }) => what)).toEqual(['a FIFO']);
  });

  it('knows a folder that was asked for from one that a wildcard names', () => {
    expect(read('e 1 0 1000 41ed /l/d.log').odd[0]?.isAskedFor).toBe(false);
    expect(read('e 2 0 1000 41ed /l/x').odd[0]?.isAskedFor).toBe(true);
  });

  it('tells what is missing, and what is too much', () => {
    const { nameless, missing, tooMany } = read('n 1 0', 'r 1 8_1_99 10 1000 81a0 /l/a.log.1', 'n 2 0');
    expect({ nameless, missing }).toEqual({ nameless: ['/l/*.log', '/l/x'], missing: ['/l/x'] });
    expect([...tooMany]).toEqual([]);
    expect([...read('n 1 100000').tooMany]).toEqual([['/l/*.log', 100_000]]);
    expect(tooManyText('/l/*.log', 100_000, 100)).toContain('names 100000 files; the last 100');
  });

  it('passes over what is none of it', () => {
    const { named, odd } = read(
      'f 1 1_1 1 1 81a4 /x',
      'f 1 1_1_1 -5 1 81a4 /x',
      'f 1 1_1_1 1 1 81a4 x',
      'f 1 $(x)_1_1 1 1 81a4 /x',
      '',
    );
    expect([...named, ...odd]).toEqual([]);
  });
});
