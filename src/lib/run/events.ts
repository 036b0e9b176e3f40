/** Why a step failed; the budgets of an operation count these separately. */
export type FailureKind = 'unreachable' | 'failed' | 'unhealthy';

/**
 * How a step ended. `unknown`: the link was lost or time ran out, so it is probed before it is done again.
 * `culprit`: the host at fault, which is not always the one the step was for.
 */
export type StepResult =
  | {
      readonly status: 'done';
      readonly changed: boolean;
      readonly message: string;
      readonly elapsedMs: number;
    }
  | ({ readonly status: 'failed'; readonly failure: FailureKind } & Fault)
  | ({ readonly status: 'unknown' } & Fault)
  | { readonly status: 'skipped'; readonly message: string };

interface Fault {
  readonly message: string;
  readonly culprit: string;
  readonly elapsedMs: number;
}

export type OperationState = 'running' | 'done' | 'failed' | 'interrupted' | 'undone';

/** Where a step is: stage, host and step id; `undo` steps carry the id of the step they take back. */
export interface StepAddress {
  readonly stage: string;
  readonly host: string;
  readonly step: string;
  readonly undo: boolean;
}

/** What happened, in order. The ledger keeps all of them but `progress`; screen and JSON listen to the same stream. */
export type RunEvent = { readonly at: string } & (
  | { readonly type: 'operation-started'; readonly operator: string; readonly resumed: boolean }
  | ({ readonly type: 'step-started'; readonly attempt: number } & StepAddress)
  | ({ readonly type: 'progress'; readonly doneBytes: number; readonly totalBytes: number } & StepAddress)
  | ({ readonly type: 'step-finished'; readonly result: StepResult } & StepAddress)
  | {
      readonly type: 'host-set-aside';
      readonly stage: string;
      readonly host: string;
      readonly reason: string;
      readonly replacedBy: string | null;
    }
  | {
      readonly type: 'operation-finished';
      readonly state: Exclude<OperationState, 'running'>;
      readonly message: string;
    }
);

export type Listener = (event: RunEvent) => void;
