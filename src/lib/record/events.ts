import type { Budgets, FailureKind } from '../plan/budget.js';
import type { StepRef } from '../plan/plan.js';
import type { Findings } from './findings.js';

/**
 * How a step ended. `unknown`: the link was lost or time ran out, so it is probed before it is done again.
 * `culprit`: the host at fault, which is not always the one the step was for.
 */
export type StepResult =
  | ({
      readonly status: 'done';
      readonly changed: boolean;
      readonly message: string;
      readonly elapsedMs: number;
    } & Findings)
  | ({
      readonly status: 'failed';
      readonly failure: FailureKind;
      /** The run of a unit that never got healthy: its InvocationID. */
      readonly run?: string;
    } & Fault &
      Pick<Findings, 'evidence'>)
  | ({ readonly status: 'unknown' } & Fault)
  | { readonly status: 'skipped'; readonly message: string };

interface Fault {
  readonly message: string;
  readonly culprit: string;
  readonly elapsedMs: number;
}

export type OperationState = 'running' | 'done' | 'failed' | 'interrupted' | 'undone';

/** Where a step is; `undo` steps carry the id of the step they take back. */
export interface StepAddress extends StepRef {
  readonly undo: boolean;
}

/**
 * From here on only the way back runs, whoever goes on. `passed`: every stage did, and the operation ends with its way back.
 * `by`: an operator, or empty where nobody asked for it.
 */
export interface Turned {
  readonly why: 'passed' | 'failed' | 'stopped' | 'keeper-lost' | 'signal';
  readonly reason: string;
  readonly by: string;
}

/** What happened, in order. The ledger keeps all of them but `progress`; screen and JSON listen to the same stream. */
export type RunEvent = { readonly at: string } & (
  | {
      readonly type: 'operation-started';
      readonly operator: string;
      readonly resumed: boolean;
      /** Where whoever resumed gave others than those in force: they hold from here on. */
      readonly budgets?: Budgets;
    }
  | ({ readonly type: 'step-started'; readonly attempt: number } & StepAddress)
  | ({
      readonly type: 'progress';
      readonly doneBytes: number;
      readonly totalBytes: number;
      /** What is waited for, where that takes long. */
      readonly waitsFor?: string;
    } & StepAddress)
  | ({ readonly type: 'step-finished'; readonly result: StepResult } & StepAddress)
  | {
      /** Only where there is more than one batch. `batch` counts from 1. */
      readonly type: 'batch-started';
      readonly batch: number;
      readonly batches: number;
      readonly hosts: readonly string[];
    }
  | {
      readonly type: 'host-set-aside';
      readonly stage: string;
      readonly host: string;
      readonly reason: string;
      /** What the budgets count it as; null: it was taken by another operation, which is no failure. */
      readonly failure: FailureKind | null;
      readonly replacedBy: string | null;
    }
  | ({ readonly type: 'turned' } & Turned)
  | {
      /** A keeper did its work once more. */
      readonly type: 'kept';
      readonly keeper: string;
    }
  | {
      readonly type: 'keeper-lost';
      readonly keeper: string;
      readonly reason: string;
    }
  | ({
      /** A step waits for one of these words. */
      readonly type: 'asked';
      readonly question: string;
      readonly words: readonly string[];
    } & StepAddress)
  | ({ readonly type: 'answered'; readonly word: string; readonly by: string } & StepAddress)
  | {
      /** What somebody left in the ledger has had its effect, where it has one. */
      readonly type: 'heard';
      readonly signal: number;
      readonly word: string;
      readonly by: string;
    }
  | {
      readonly type: 'operation-finished';
      readonly state: Exclude<OperationState, 'running'>;
      readonly message: string;
    }
);

export type Listener = (event: RunEvent) => void;
