import { UsageError } from '../errors.js';
import { parseAmount } from './amount.js';

export const FAILURE_KINDS = ['failed', 'unreachable', 'unhealthy'] as const;

/** Why a step failed; the budgets of an operation count these separately. */
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** How many hosts may fail in each way. When one more fails, no further host is begun. */
export type Budgets = Readonly<Record<FailureKind, number>>;

/** The budgets as typed, such as `3` or `10%`. */
export type BudgetWords = { readonly [Kind in FailureKind]?: string | undefined };

const DEFAULT_HOSTS = 5;
const DEFAULT_PERCENT = 25;

/**
 * The budgets of an operation on `count` hosts. A percentage is of the count, rounded down: 10% of 5 hosts is 0. The default for
 * each is a quarter of the count, and at least 5 hosts: a broken application must not use up the pool.
 * @throws {UsageError} for text that is neither a number nor a percentage
 */
export function parseBudgets(words: BudgetWords, count: number): Budgets {
  const hosts = (kind: FailureKind) => budgetOf(words[kind], kind, count);
  return { failed: hosts('failed'), unreachable: hosts('unreachable'), unhealthy: hosts('unhealthy') };
}

/**
 * The budgets of a resumed operation: the budgets that `words` names are changed. Undefined when it names none.
 * @throws {UsageError} for text that is neither a number nor a percentage
 */
export function changeBudgets(budgets: Budgets, words: BudgetWords, count: number): Budgets | undefined {
  if (FAILURE_KINDS.every((kind) => words[kind] === undefined)) return undefined;
  const hosts = (kind: FailureKind) =>
    words[kind] === undefined ? budgets[kind] : budgetOf(words[kind], kind, count);
  return { failed: hosts('failed'), unreachable: hosts('unreachable'), unhealthy: hosts('unhealthy') };
}

function budgetOf(text: string | undefined, kind: FailureKind, count: number): number {
  if (text === undefined) return Math.max(DEFAULT_HOSTS, shareOf(count, DEFAULT_PERCENT));
  const amount = parseAmount(text);
  if (amount !== undefined) return amount.percent ? shareOf(count, amount.value) : amount.value;
  throw new UsageError(
    `--max-${kind} is ${JSON.stringify(text)}; it must be a number of hosts or a percentage`,
    `for example: --max-${kind} 2, or --max-${kind} 10%; 0 stops at the first`,
  );
}

function shareOf(count: number, percent: number): number {
  return Math.floor((count * percent) / 100);
}
