import { batchesOf, parseBatchSizes } from './batches.js';
import { type Budgets, type BudgetWords, parseBudgets } from './budget.js';

/** How many hosts at a time and how many failures, in the words of the command line. */
export interface BoundWords {
  /** Such as `1,5,20%`; undefined: all hosts at once. */
  readonly batch?: string | undefined;
  readonly budgets?: BudgetWords;
}

export interface Bounds {
  /** How many hosts each batch has. */
  readonly batches: readonly number[];
  readonly budgets: Budgets;
}

/** @throws {UsageError} for invalid sizes or budgets */
export function parseBounds({ batch, budgets = {} }: BoundWords, count: number): Bounds {
  return {
    batches: batchesOf(batch === undefined ? [] : parseBatchSizes(batch), count),
    budgets: parseBudgets(budgets, count),
  };
}
