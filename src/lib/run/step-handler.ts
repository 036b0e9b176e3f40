import { KuafuError } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Secrets } from '../masking/secret.js';
import type { Host } from '../names/host.js';
import type { FailureKind } from '../plan/budget.js';
import type { AnyAction } from '../plan/plan.js';
import type { StepResult } from '../record/events.js';
import type { Evidence, Findings } from '../record/findings.js';
import type { ReadSession, Session } from '../ssh/transport.js';

export interface StepOutcome extends Findings {
  /** False when the host was in the wanted state already. */
  readonly changed: boolean;
  readonly message: string;
  /** True when the handler could do nothing safely; what it would have undone stays as it is. */
  readonly skipped?: boolean;
}

export interface Ask {
  readonly question: string;
  /** The words that are accepted; one of them is the answer. */
  readonly words: readonly string[];
}

/** What a handler may use to look. Everything else it needs is in the action. */
export interface LookContext {
  readonly operation: string;
  /** The name of the lane: the name of its host, if it has one. */
  readonly lane: string;
  /** The host of the lane. A step of a lane without a host must not use it. */
  readonly host: Host;
  session(): Promise<ReadSession>;
  /** A session to another host of the plan: a template host, a balancer. */
  sessionOf(name: string): Promise<ReadSession>;
  hostOf(name: string): Host;
  readonly secrets: Secrets;
  /** An earlier attempt of this step, in this run or an earlier one, may have left its traces. */
  readonly isAgain: boolean;
  /** How another step of the lane ended, in this run or an earlier one; null when it has no end. */
  resultOf(step: string): StepResult | null;
  /** A fact that an earlier step of the lane found, in this run or an earlier one; with `lane`, a fact of that lane. */
  fact(name: string, lane?: string): string | undefined;
  /** Shows what the step waits for, when that may take long. */
  waitsFor(what: string): void;
  /** Aborted when the operator wants to leave at once; the outcome of a running command is then unknown. */
  readonly signal: AbortSignal;
}

/** What a handler may use to do its work. */
export interface StepContext extends LookContext {
  session(): Promise<Session>;
  sessionOf(name: string): Promise<Session>;
  readonly ledger: Pick<Ledger, 'claim' | 'assign' | 'release' | 'setKeptOut'>;
  /** Called right before the first change, by handlers with `tellsBegin`. */
  begins(): void;
  /**
   * Waits for the answer of a person, at this terminal or by `kuafu ops answer` from any machine that has the ledger. A step asks
   * one question. It is asked once, even when another process resumes the operation, and a given answer stands.
   * @throws StepFailure when the operation is told to stop first
   */
  ask(ask: Ask): Promise<string>;
  progress(doneBytes: number, totalBytes: number): void;
}

/**
 * Does one kind of action. `apply` is idempotent: a second call changes nothing. `probe` tells whether the wanted state is there
 * already, and only looks; it is called when an earlier attempt ended as unknown. A handler that leaves facts has no `probe`: its
 * work must be done again to get the facts.
 */
export interface StepHandler<A extends AnyAction = AnyAction> {
  /** It tells when it begins to change something: if it ends before that, nothing has changed for certain. */
  readonly tellsBegin?: true;
  apply(action: A, context: StepContext): Promise<StepOutcome>;
  probe?(action: A, context: LookContext): Promise<boolean>;
}

/** A handler that only looks, for an action that changes nothing (`onlyLooks` in the table of its domain). */
export interface LookHandler<A extends AnyAction> extends StepHandler<A> {
  apply(action: A, context: LookContext): Promise<StepOutcome>;
}

/** The compiler checks that it has every kind of a domain, and no other. */
export type HandlersOf<A extends AnyAction> = {
  readonly [K in A['kind']]: StepHandler<Extract<A, { readonly kind: K }>>;
};
/** Handlers by kind. The table's own type checks which kind goes with which action. */
export type Handlers = Readonly<Record<string, StepHandler>>;

/** The culprit when the fault is on the machine that kuafu runs on; no host can have this name. */
export const THIS_MACHINE = '(this machine)';

/**
 * A step did not succeed, and this is certain. The message is a sentence without the host's name. `culprit` is the host at fault
 * if it is not the lane's own host (the template host, the balancer): then the lane's host is not set aside.
 */
export class StepFailure extends KuafuError {
  readonly failure: FailureKind;
  readonly culprit: string | undefined;
  /** The run of a unit that is not healthy (its InvocationID), so that a resume recognizes it. */
  readonly run: string | undefined;
  /** What the step looked at. */
  readonly evidence: readonly Evidence[];

  constructor(
    failure: FailureKind,
    message: string,
    culprit?: string,
    run?: string,
    evidence: readonly Evidence[] = [],
  ) {
    super(message, ExitCode.failed);
    this.failure = failure;
    this.culprit = culprit;
    this.run = run;
    this.evidence = evidence;
  }
}

/** A plan with a kind that has no handler is refused before it runs, see plan/known-kinds.ts. */
export function handlerOf(handlers: Handlers, { kind }: AnyAction): StepHandler {
  const handler = handlers[kind];
  if (handler === undefined) throw new Error(`no code does actions of kind ${kind}`);
  return handler;
}
