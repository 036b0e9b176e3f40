import { describe, expect, it } from 'vitest';
import { changeBudgets } from '../../../src/lib/plan/budget.js';

const now = { failed: 1, unreachable: 2, unhealthy: 3 };

describe('changeBudgets', () => {
  it.each([
    [{ failed: '5' }, { ...now, failed: 5 }],
    [
      { unreachable: '10%', unhealthy: '0' },
      { failed: 1, unreachable: 4, unhealthy: 0 },
    ],
  ])('changes those that %j names, a percentage of all hosts', (words, expected) => {
    expect(changeBudgets(now, words, 40)).toEqual(expected);
  });

  it('tells when nothing is named, and refuses what is no amount', () => {
    expect(changeBudgets(now, {}, 40)).toBeUndefined();
    expect(() => changeBudgets(now, { failed: 'x' }, 40)).toThrow('--max-failed is "x"');
  });
});
