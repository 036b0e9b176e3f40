import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/lib/errors.js';
import { batchesOf, parseBatchSizes } from '../../../src/lib/plan/batches.js';
import { type BudgetWords, parseBudgets } from '../../../src/lib/plan/budget.js';

describe('batches', () => {
  it.each([
    ['1', 3, [1, 1, 1]],
    ['1,5,20%', 20, [1, 5, 4, 4, 4, 2]],
    ['1,5,20%', 3, [1, 2]],
    ['50%', 5, [3, 2]],
    ['1%', 3, [1, 1, 1]],
    ['100%', 7, [7]],
    ['10', 7, [7]],
    [' 2 , 3 ', 7, [2, 3, 2]],
    ['1', 0, []],
  ])('of %s for %i hosts', (text, count, sizes) => {
    expect(batchesOf(parseBatchSizes(text), count)).toEqual(sizes);
  });

  it('is one of all hosts when no size is given', () => {
    expect(batchesOf([], 7)).toEqual([7]);
  });

  it.each(['', '0', '0%', '101%', '-1', '1.5', '1,,2', '1,', 'all', '1;2', '1e3', '%', '1 %', '9999999'])(
    'does not take %j',
    (text) => {
      expect(() => parseBatchSizes(text)).toThrow(UsageError);
    },
  );
});

describe('budgets', () => {
  it.each<[BudgetWords, number, number, number, number]>([
    [{}, 1, 5, 5, 5],
    [{}, 20, 5, 5, 5],
    [{}, 100, 25, 25, 25],
    [{ failed: '0', unreachable: '3', unhealthy: '10%' }, 25, 0, 3, 2],
    [{ failed: '10%' }, 5, 0, 5, 5],
    [{ failed: '100%' }, 5, 5, 5, 5],
  ])('%j of %i hosts', (words, count, failed, unreachable, unhealthy) => {
    expect(parseBudgets(words, count)).toEqual({ failed, unreachable, unhealthy });
  });

  it.each(['', '-1', '101%', 'none', '1.5', '1,2'])('do not take %j, and say which flag it was', (text) => {
    expect(() => parseBudgets({ unhealthy: text }, 5)).toThrow(/--max-unhealthy/);
  });
});
