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
  /** Events of earlier runs of this operation; empty for a new operation. */
  readonly past: readonly RunEvent[];
  /** Replace the budgets now in force, see budgets-in-force.ts. */
  readonly budgets?: Budgets | undefined;
  readonly ledger: Pick<
    Ledger,
    'append' | 'claim' | 'assign' | 'setUnfit' | 'release' | 'setKeptOut' | 'finish' | 'signals'
  >;
  readonly connections: Connections;
  readonly kinds: Kinds;
  readonly handlers: Handlers;
  /** Asks the person at this terminal; others answer through the ledger. */
  readonly askHere?: AskHere;
  readonly secrets: Secrets;
  readonly listeners: readonly Listener[];
  /** How many hosts are worked on at once. */
  readonly forks: number;
  /** When aborted, no further step starts, and running steps end normally. */
  readonly stop: AbortSignal;
  /** When aborted, running steps are cut off too. */
  readonly cut: AbortSignal;
}

/** How a run of an operation ended. */
export interface End {
  readonly state: Exclude<OperationState, 'running'>;
  readonly message: string;
}

export const INTERRUPTED: End = { state: 'interrupted', message: 'interrupted' };
