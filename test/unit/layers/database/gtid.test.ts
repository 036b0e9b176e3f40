import { describe, expect, it } from 'vitest';
import {
  gtidsBeyond,
  joinGtids,
  parseGtids,
  positionText,
} from '../../../../src/lib/layers/database/gtid.js';

const state = (text: string) => parseGtids(text) ?? new Map();

describe('GTIDs', () => {
  it.each([
    ['', []],
    ['0-1-1544', [['0-1', 1544]]],
    [
      '0-1-7, 0-2-9,1-1-3',
      [
        ['0-1', 7],
        ['0-2', 9],
        ['1-1', 3],
      ],
    ],
  ])('%j are read', (text, entries) => {
    expect([...state(text)]).toEqual(entries);
  });

  it.each(['none', '0-1', '0-1-x', '-1-1-1', '0-1-99999999999999999999', '0-1-1;0-1-2'])(
    '%j are none',
    (text) => {
      expect(parseGtids(text)).toBeUndefined();
    },
  );

  it.each([
    ['0-1-5', '0-1-5', []],
    ['0-1-5', '0-1-6', []],
    ['0-1-6', '0-1-5', ['0-1-6']],
    ['0-1-5,0-2-8', '0-1-7', ['0-2-1..8']],
    ['0-1-5,0-2-8', '0-1-7,0-2-5', ['0-2-6..8']],
  ])('%s beyond %s are %j', (one, other, gtids) => {
    expect(gtidsBeyond(state(one), state(other))).toEqual(gtids);
  });

  it('the position is the last of each domain', () => {
    expect(positionText(state('0-1-5,0-2-8,3-1-2'))).toBe('0-2-8,3-1-2');
    expect(joinGtids(state('0-1-5,0-2-8'), state('0-1-6'))).toEqual(state('0-1-6,0-2-8'));
  });
});
