import { describe, expect, it } from 'vitest';
import type { DnsName } from '../../../../src/lib/config/config-types.js';
import { fitsAnswer } from '../../../../src/lib/layers/dns/expected-answer.js';
import { computedAddresses } from '../../../../src/lib/layers/dns/powerdns/adapter.js';
import { weightedSet, weightedShares } from '../../../../src/lib/layers/dns/powerdns/lua.js';
import { rrsetChange, setsIn } from '../../../../src/lib/layers/dns/powerdns/sets.js';
import { changesTo, nameBelow, recordSet, wholeName } from '../../../../src/lib/layers/dns/records.js';
import { wantedSets } from '../../../../src/lib/layers/dns/wanted.js';

const www: DnsName = {
  name: 'www',
  class: 'web',
  ttlSeconds: 5,
  rooms: new Map([
    ['A', ['203.0.113.101']],
    ['B', ['203.0.113.102', 'fd00::2']],
  ]),
  steady: new Map(),
};
const weights = (a: number, b: number) =>
  new Map([
    ['A', a],
    ['B', b],
  ]);

describe('the sets of a name', () => {
  it('have all addresses where the rooms have the same weight', () => {
    expect(wantedSets(www, weights(50, 50), undefined)).toEqual([
      { name: 'www', type: 'A', ttlSeconds: 5, values: ['203.0.113.101', '203.0.113.102'] },
      { name: 'www', type: 'AAAA', ttlSeconds: 5, values: ['fd00::2'] },
    ]);
  });

  it('have no address of a room without weight', () => {
    expect(wantedSets(www, weights(10, 0), undefined)).toEqual([
      { name: 'www', type: 'A', ttlSeconds: 5, values: ['203.0.113.101'] },
    ]);
  });

  it('are computed where weights differ, and a room counts as one however many addresses it has', () => {
    const [set] = wantedSets(www, weights(90, 10), weightedSet);
    expect(set).toEqual({
      name: 'www',
      type: 'LUA',
      ttlSeconds: 5,
      values: [
        "A \"pickwrandom({{180,'203.0.113.101'},{10,'203.0.113.102'}})\"",
        'AAAA "pickwrandom({{10,\'fd00::2\'}})"',
      ],
    });
    expect(set && computedAddresses(set)).toEqual(['203.0.113.101', '203.0.113.102', 'fd00::2']);
  });

  it('are never none', () => {
    expect(() => wantedSets(www, weights(0, 0), weightedSet)).toThrow('would lead nowhere');
    expect(() => wantedSets(www, weights(90, 10), undefined)).toThrow('needs weights');
  });
});

describe('a change', () => {
  it('has each set that differs, in its TTL too, and none that is the same in another order', () => {
    const found = [
      recordSet('www', 'A', 5, ['203.0.113.2', '203.0.113.1']),
      recordSet('www', 'CNAME', 5, ['Other.Test.']),
      recordSet('api', 'A', 60, ['203.0.113.1']),
    ];
    const wanted = [
      recordSet('www', 'A', 5, ['203.0.113.1', '203.0.113.2']),
      recordSet('api', 'A', 5, ['203.0.113.1']),
    ];
    expect(changesTo(wanted, found)).toEqual([
      {
        name: 'api',
        type: 'A',
        from: { ttlSeconds: 60, values: ['203.0.113.1'] },
        to: { ttlSeconds: 5, values: ['203.0.113.1'] },
      },
      { name: 'www', type: 'CNAME', from: { ttlSeconds: 5, values: ['other.test'] }, to: null },
    ]);
  });

  it('keeps records that somebody disabled', () => {
    const rrsets = [
      {
        name: 'www.shop.test.',
        type: 'A',
        ttl: 5,
        records: [
          { content: '203.0.113.1', disabled: false },
          { content: '203.0.113.9', disabled: true },
        ],
      },
      { name: 'off.shop.test.', type: 'A', ttl: 5, records: [{ content: '203.0.113.9', disabled: true }] },
      { name: 'mail.shop.test.', type: 'MX', ttl: 5, records: [{ content: '10 x.', disabled: false }] },
    ];
    expect(setsIn(rrsets, 'shop.test')).toEqual([recordSet('www', 'A', 5, ['203.0.113.1'])]);
    const from = { ttlSeconds: 5, values: ['203.0.113.1'] };
    expect(rrsetChange({ name: 'www', type: 'A', from, to: null }, rrsets, 'shop.test')).toEqual({
      name: 'www.shop.test.',
      type: 'A',
      changetype: 'REPLACE',
      ttl: 5,
      records: [{ content: '203.0.113.9', disabled: true }],
    });
    expect(rrsetChange({ name: 'api', type: 'A', from, to: null }, rrsets, 'shop.test')).toEqual({
      name: 'api.shop.test.',
      type: 'A',
      changetype: 'DELETE',
    });
  });
});

describe('an answer', () => {
  const told = (...addresses: string[]) => ({ name: 'www', status: 'NOERROR', addresses });
  const plain = [recordSet('www', 'A', 5, ['203.0.113.1', '203.0.113.2'])];
  const lua = (text: string) => [recordSet('www', 'LUA', 5, [text])];

  it('fits what was set, or one of what is computed', () => {
    expect(fitsAnswer(plain, told('203.0.113.2', '203.0.113.1'), computedAddresses)).toBe(true);
    expect(fitsAnswer(plain, told('203.0.113.2'), computedAddresses)).toBe(false);
    expect(fitsAnswer([], told(), computedAddresses)).toBe(true);
    expect(fitsAnswer(plain, { ...told(), status: 'SERVFAIL' }, computedAddresses)).toBe(false);
    const weighted = lua("A \"pickwrandom({{90,'203.0.113.1'},{10,'203.0.113.2'}})\"");
    expect(fitsAnswer(weighted, told('203.0.113.2'), computedAddresses)).toBe(true);
    expect(fitsAnswer(weighted, told('203.0.113.3'), computedAddresses)).toBe(false);
    expect(fitsAnswer(weighted, told(), computedAddresses)).toBe(false);
    expect(fitsAnswer(lua('A "ifportup(80, {})"'), told(), computedAddresses)).toBe(true);
  });

  it.each([
    'A "pickwrandom({})"',
    'A "pickwrandom({{1,\'x\'}})"',
    ';os.exit()',
    'A "pickwrandom({{1,\'203.0.113.1\'}})" x',
  ])('of %j cannot be told', (text) => {
    expect(weightedShares(text)).toBeUndefined();
  });
});

it('a name is below its zone, or not', () => {
  expect(wholeName('@', 'shop.test')).toBe('shop.test');
  expect(wholeName('a.b', 'shop.test')).toBe('a.b.shop.test');
  expect(
    ['Shop.Test.', 'A.b.shop.test', 'workshop.test.', 'test', ''].map((name) => nameBelow(name, 'shop.test')),
  ).toEqual(['@', 'a.b', undefined, undefined, undefined]);
});
