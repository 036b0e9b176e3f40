import type { Ledger } from '../ledger/ledger.js';
import type { Secrets } from '../masking/secret.js';
import type { Budgets } from '../plan/budget.js';
import type { Kinds } from '../plan/kinds.js';
import type { Listener, OperationState, RunEvent } from '../record/events.js';
import type { Connections } from '../ssh/transport.js';
import type { AskHere } from './questions.js';
import type { Handlers } from './step-handler.js';

/** What a run of a plan works with. */
export interface RunOptions {
  readonly operation: string;
  readonly operator: string;
  /** Events of earlier runs of this operation; empty for a new one. */
  readonly past: readonly RunEvent[];
  /** Instead of those in force until now, see budgets-in-force.ts. */
  readonly budgets?: Budgets | undefined;
  readonly ledger: Pick<
    Ledger,
    'append' | 'claim' | 'assign' | 'setUnfit' | 'release' | 'setKeptOut' | 'finish' | 'signals'
  >;
  readonly connections: Connections;
  readonly kinds: Kinds;
  readonly handlers: Handlers;
  /** Asks whoever sits here, beside those who answer by the ledger. */
  readonly askHere?: AskHere;
  readonly secrets: Secrets;
  readonly listeners: readonly Listener[];
  /** Hosts worked on at once. */
  readonly forks: number;
  /** Aborted: no further step starts, running ones end. */
  readonly stop: AbortSignal;
  /** Aborted: running steps are cut off too. */
  readonly cut: AbortSignal;
}

/** How a run of an operation ended. */
export interface End {
  readonly state: Exclude<OperationState, 'running'>;
  readonly message: string;
}

export const INTERRUPTED: End = { state: 'interrupted', message: 'interrupted' };
