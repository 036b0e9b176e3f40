import type { Budgets, FailureKind } from '../plan/budget.js';
import type { StepRef } from '../plan/plan.js';
import type { Findings } from './findings.js';

/**
 * How a step ended. `unknown`: the connection was lost or a timeout passed, so the step is probed before it is done again.
 * `culprit`: the host at fault, which is not always the host of the step.
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
      /** The run of a unit that did not become healthy: its InvocationID. */
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

/** Where a step is in its plan; an `undo` step has the id of the step that it undoes. */
export interface StepAddress extends StepRef {
  readonly undo: boolean;
}

/**
 * From here on only the way back runs, also after a resume. `passed`: every stage passed, and the operation ends with its way
 * back. `by`: an operator, or empty when no operator asked for it.
 */
export interface Turned {
  readonly why: 'passed' | 'failed' | 'stopped' | 'keeper-lost' | 'signal';
  readonly reason: string;
  readonly by: string;
}

/** What happened, in order. The ledger keeps all events except `progress`; the screen and the JSON output get the same events. */
export type RunEvent = { readonly at: string } & (
  | {
      readonly type: 'operation-started';
      readonly operator: string;
      readonly resumed: boolean;
      /** Set when the resume gave other budgets: they hold from here on. */
      readonly budgets?: Budgets;
    }
  | ({ readonly type: 'step-started'; readonly attempt: number } & StepAddress)
  | ({
      readonly type: 'progress';
      readonly doneBytes: number;
      readonly totalBytes: number;
      /** What the step waits for, when that takes long. */
      readonly waitsFor?: string;
    } & StepAddress)
  | ({ readonly type: 'step-finished'; readonly result: StepResult } & StepAddress)
  | {
      /** Only when there is more than one batch. `batch` counts from 1. */
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
      /** The budget that it counts against; null: another operation took the host, which is no failure. */
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
      /** A signal from the ledger was handled, and has had its effect if it has one here. */
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
