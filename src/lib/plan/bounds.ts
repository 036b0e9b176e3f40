import { batchesOf, parseBatchSizes } from './batches.js';
import { type Budgets, type BudgetWords, parseBudgets } from './budget.js';

/** How many at a time and how many failures, in the words of the command line. */
export interface BoundWords {
  /** `1,5,20%`; undefined: all at once. */
  readonly batch?: string | undefined;
  readonly budgets?: BudgetWords;
}

export interface Bounds {
  /** How many hosts each batch has. */
  readonly batches: readonly number[];
  readonly budgets: Budgets;
}

/** @throws {UsageError} for sizes or budgets that are none */
export function parseBounds({ batch, budgets = {} }: BoundWords, count: number): Bounds {
  return {
    batches: batchesOf(batch === undefined ? [] : parseBatchSizes(batch), count),
    budgets: parseBudgets(budgets, count),
  };
}
