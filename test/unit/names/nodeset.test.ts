import { describe, expect, it } from 'vitest';
import { NodeSetError } from '../../../src/lib/names/node-pattern.js';
import { evaluateNodeSet, expandNodeSet, fold, parseNodeSet } from '../../../src/lib/names/nodeset.js';

describe('expanding a node set', () => {
  it.each([
    ['web-a-01', ['web-a-01']],
    ['web-b-[01-03]', ['web-b-01', 'web-b-02', 'web-b-03']],
    ['web-b-[9-11]', ['web-b-9', 'web-b-10', 'web-b-11']],
    ['web-b-[08-11]', ['web-b-08', 'web-b-09', 'web-b-10', 'web-b-11']],
    ['web-b-[98-101]', ['web-b-98', 'web-b-99', 'web-b-100', 'web-b-101']],
    ['a[1,3,07-08]', ['a1', 'a3', 'a07', 'a08']],
    ['a[0-10/5]', ['a0', 'a5', 'a10']],
    ['r[1-2]n[01-02]', ['r1n01', 'r1n02', 'r2n01', 'r2n02']],
    ['r[1-2]n[01-02]x', ['r1n01x', 'r1n02x', 'r2n01x', 'r2n02x']],
    ['198.18.1.[9-11]', ['198.18.1.9', '198.18.1.10', '198.18.1.11']],
    ['b,a', ['b', 'a']],
    ['a,a', ['a']],
    ['a[1-4]!a[2-3]', ['a1', 'a4']],
    ['a[1-4]&a[3-9]', ['a3', 'a4']],
    ['a[1-3]^a[2-4]', ['a1', 'a4']],
    // From left to right: first the union, then what both have.
    ['a1,a2&a2,a9', ['a2', 'a9']],
    [' a1 , a2 ! a1 ', ['a2']],
    ['a1,a2,', ['a1', 'a2']],
    ['a[1,2,] , ', ['a1', 'a2']],
    ['a[ 1 - 4 / 2 , 9 ]', ['a1', 'a3', 'a9']],
    ['web_1.example.org', ['web_1.example.org']],
    ['fd00::a,[fd00:1::b]', ['fd00::a', 'fd00:1::b']],
  ])('%s', (expression, names) => {
    expect(expandNodeSet(expression)).toEqual(names);
  });

  it.each([
    ['', 1, 'a host or group is missing here'],
    ['a,,b', 3, 'a host or group is missing here'],
    ['!a', 1, 'a host or group is missing here'],
    ['a&', 3, 'a host or group is missing here'],
    [',', 1, 'a host or group is missing here'],
    ['a,,', 3, 'a host or group is missing here'],
    ['a[1 2]', 3, '"1 2" is no number or range such as 01-20 or 0-10/2'],
    ['a[,]', 3, '"" is no number or range such as 01-20 or 0-10/2'],
    ['a,web-*', 3, '* and ? cannot stand here, only host names'],
    ['a[1-3', 2, 'this bracket is not closed'],
    ['a1]', 3, 'this bracket was not opened'],
    ['a[]', 3, '"" is no number or range such as 01-20 or 0-10/2'],
    ['a[1,x]', 5, '"x" is no number or range such as 01-20 or 0-10/2'],
    ['a[3-1]', 3, 'the range 3-1 runs backwards'],
    ['a[1-3/0]', 3, 'the step of 1-3/0 is zero'],
    ['a[1-010]', 3, 'the ends of 1-010 have different padding'],
    ['a[001-10]', 3, 'the ends of 001-10 have different padding'],
    ['a b', 2, '" " cannot stand here'],
    ['a$(reboot)', 2, '"$" cannot stand here'],
    ['@', 1, '"@" is no group such as @app:shop, @idc:B or @all'],
    ['a,@app:x y', 3, '"@app:x y" is no group such as @app:shop, @idc:B or @all'],
    ['a,@app:shop', 3, 'groups cannot stand here, only host names'],
    ['a[1-100001]', 1, 'this is 100001 names; the bound is 100000'],
    ['a[1-999999999999999]b[1-9999999]', 1, /the bound is 100000/],
    ['a[1-60000],b[1-60000]', 1, 'this is 120000 names; the bound is 100000'],
  ])('refuses %j at character %i', (expression, character, problem) => {
    const expand = () => expandNodeSet(expression);
    expect(expand).toThrow(NodeSetError);
    expect(expand).toThrow(problem);
    expect(expand).toThrow(`character ${character}:`);
  });

  it('asks for groups with their place in the expression', () => {
    const asked: string[] = [];
    const meant = (...names: string[]) => new Map(names.map((name) => [name, true]));
    const names = evaluateNodeSet(parseNodeSet('@app:shop & @idc:B* ! web-2,d?'), {
      group: ({ source, name, position }) => {
        asked.push(`${source}=${name} at ${position}`);
        return source === 'app' ? meant('web-1', 'web-2', 'web-3') : meant('web-2', 'web-3');
      },
      wildcard: (pattern) => meant(`${pattern} fits`),
      nameOf: (word) => word,
    });
    expect([...names.keys()]).toEqual(['web-3', 'd? fits']);
    expect(asked).toEqual(['app=shop at 0', 'idc=B* at 12']);
  });

  it('gives the exact length of the longest allowed set', () => {
    expect(expandNodeSet(parseNodeSet('a[1-100000]'))).toHaveLength(100_000);
  });
});

describe('folding names', () => {
  it.each([
    [[], ''],
    [['web'], 'web'],
    [['web-b-01', 'web-b-02', 'web-b-03'], 'web-b-[01-03]'],
    [['web-b-03', 'web-b-01', 'web-b-03'], 'web-b-[01,03]'],
    [['a9', 'a10', 'a11'], 'a[9-11]'],
    [['a09', 'a10', 'a11'], 'a[09-11]'],
    [['a99', 'a100'], 'a[99-100]'],
    [['a1', 'a01', 'a2', 'a02'], 'a[01-02,1-2]'],
    [['r1n01', 'r1n02', 'r2n01', 'r2n02'], 'r[1-2]n[01-02]'],
    [['r1n1', 'r1n2', 'r2n1'], 'r1n[1-2],r2n1'],
    [['web-b-01', 'web-a-01', 'lb-a'], 'lb-a,web-a-01,web-b-01'],
    [['web-10', 'web-2', 'db-1'], 'db-1,web-[2,10]'],
    [['x1234567890123456789', 'x1234567890123456790'], 'x1234567890123456789,x1234567890123456790'],
  ])('%j', (names, folded) => {
    expect(fold(names)).toBe(folded);
  });

  it('is undone by expanding, whatever the names and their order', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let round = 0; round < 300; round += 1) {
      const names = Array.from({ length: 1 + random(40) }, () => {
        const digits = [String(random(12)), String(random(12)).padStart(2, '0')][random(2)];
        return ['a', `a${digits}`, `a${digits}-b`, `r${random(3)}n${digits}`, `${digits}`][random(5)] ?? '';
      });
      const folded = fold(names);
      expect(expandNodeSet(folded).sort()).toEqual([...new Set(names)].sort());
      expect(fold([...names].reverse())).toBe(folded);
    }
  });
});
