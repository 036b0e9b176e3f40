import { describe, expect, it } from 'vitest';
import { lastCommon, partedServers } from '../../../src/lib/database/parted.js';
import { gtids, primary } from '../../support/database-sample.js';

const server = (name: 'a' | 'b', text: string, takesWrites: boolean) => ({
  name,
  state: primary({ serverId: name === 'a' ? '1' : '2', gtids: gtids(text), takesWrites }),
});

describe('which of two servers is the primary', () => {
  it.each([
    ['the new one has more', '0-1-9', false, '0-1-9,0-2-12', true, 'b'],
    ['it was restarted, and the old one takes writes', '0-1-9', true, '0-1-9,0-2-12', false, 'b'],
    ['nobody fenced the old one, which has nothing of its own', '0-1-9', true, '0-1-9,0-2-12', true, 'b'],
    ['both have transactions of their own', '0-1-11', false, '0-1-9,0-2-12', true, 'b'],
    ['both do, and both take writes', '0-1-11', true, '0-1-9,0-2-12', true, 'b'],
    ['the old one alone has more, and the new one takes writes', '0-1-11', false, '0-1-9', true, 'b'],
    ['neither takes writes: the one that has more', '0-1-11', false, '0-1-9', false, 'a'],
    ['both have the same: the one that takes writes', '0-1-9', true, '0-1-9', false, 'a'],
    ['both have the same, and take none: the old one returns', '0-1-9', false, '0-1-9', false, 'b'],
    ['after the role came home', '0-1-15,0-2-12', false, '0-1-14,0-2-16', true, 'b'],
  ] as const)('%s', (_, a, aWrites, b, bWrites, leads) => {
    const found = partedServers(server('a', a, aWrites), server('b', b, bWrites));
    expect(found).toEqual({ primary: leads, returning: leads === 'a' ? 'b' : 'a' });
    const turned = partedServers(server('b', b, bWrites), server('a', a, aWrites));
    expect(turned).toEqual(found);
  });

  it('cannot be told where nothing is common, or of a third server', () => {
    expect(partedServers(server('a', '0-1-9', false), server('b', '0-2-9', true))).toContain(
      'cannot be told',
    );
    expect(partedServers(server('a', '0-7-9,0-1-10', false), server('b', '0-7-9,0-2-11', true))).toContain(
      'cannot be told',
    );
  });
});

it('where two have parted, by domain', () => {
  expect(lastCommon(gtids('0-1-11,0-2-5,3-1-4'), gtids('0-1-9,0-2-12,3-1-7'))).toEqual({
    text: '0-1-9,3-1-4',
    primaries: new Set(['1']),
  });
});
