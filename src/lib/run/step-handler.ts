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
  /** False when the host was already as wanted. */
  readonly changed: boolean;
  readonly message: string;
  /** True when there was nothing it could rightly do. What it would have taken back stays as it is. */
  readonly skipped?: boolean;
}

export interface Ask {
  readonly question: string;
  /** One of them is the answer. */
  readonly words: readonly string[];
}

/** What a handler may use to look. Everything else it needs is in the action. */
export interface LookContext {
  readonly operation: string;
  /** The name of the lane: that of its host, where it is on one. */
  readonly lane: string;
  /** The host of the lane. Steps of a lane on no host must not ask for it. */
  readonly host: Host;
  session(): Promise<ReadSession>;
  /** Another host of the plan: a template, a balancer. */
  sessionOf(name: string): Promise<ReadSession>;
  hostOf(name: string): Host;
  readonly secrets: Secrets;
  /** An earlier attempt of this step, in this run or one before, may have left its traces. */
  readonly isAgain: boolean;
  /** How another step of the lane ended, in this run or one before; null where it did not. */
  resultOf(step: string): StepResult | null;
  /** What an earlier step of the lane has found, in this run or one before; of another lane where that is named. */
  fact(name: string, lane?: string): string | undefined;
  /** Tells whoever looks on what is waited for, where that may take long. */
  waitsFor(what: string): void;
  /** Aborted when the operator wants out at once; the outcome of what runs is then unknown. */
  readonly signal: AbortSignal;
}

/** What a handler may use to do its work. */
export interface StepContext extends LookContext {
  session(): Promise<Session>;
  sessionOf(name: string): Promise<Session>;
  readonly ledger: Pick<Ledger, 'claim' | 'assign' | 'release' | 'setKeptOut'>;
  /** Told by handlers that tell it, right before they change the first thing. */
  begins(): void;
  /**
   * Waits for the answer of a person, at this terminal or by `kuafu ops answer` from any machine that has the ledger; a step asks
   * one question. It was asked once, whoever goes on with the operation, and an answer that was given stands.
   * @throws StepFailure when the operation is told to stop first
   */
  ask(ask: Ask): Promise<string>;
  progress(doneBytes: number, totalBytes: number): void;
}

/**
 * Does one kind of action. `apply` is idempotent: doing it twice changes nothing the second time.
 * `probe` tells whether the wanted state is there already, and only looks; it is asked when an earlier attempt ended as unknown.
 * One that leaves facts has none: what is there already is not looked at again.
 */
export interface StepHandler<A extends AnyAction = AnyAction> {
  /** It tells when it begins to change something: what ends before that leaves no doubt. */
  readonly tellsBegin?: true;
  apply(action: A, context: StepContext): Promise<StepOutcome>;
  probe?(action: A, context: LookContext): Promise<boolean>;
}

/** One whose work is a look: an action that is known to change nothing (`onlyLooks` in the table of its domain). */
export interface LookHandler<A extends AnyAction> extends StepHandler<A> {
  apply(action: A, context: LookContext): Promise<StepOutcome>;
}

/** Closed by the compiler: every kind of a domain, and no other. */
export type HandlersOf<A extends AnyAction> = {
  readonly [K in A['kind']]: StepHandler<Extract<A, { readonly kind: K }>>;
};
/** By the kind. Which kind goes with which action is held where the table is made. */
export type Handlers = Readonly<Record<string, StepHandler>>;

/** The culprit where it is the machine that kuafu runs on; no host can have this name. */
export const THIS_MACHINE = '(this machine)';

/**
 * A step did not succeed, and we know it. The message is a sentence without the host's name. `culprit` is the host at
 * fault where it is not the lane's own (the template, a balancer): then the lane's host is not set aside for it.
 */
export class StepFailure extends KuafuError {
  readonly failure: FailureKind;
  readonly culprit: string | undefined;
  /** The run of a unit that is not good (its InvocationID), so that a resume knows it again. */
  readonly run: string | undefined;
  /** What it looked at. */
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

/** Plans with a kind that has none are refused before they are run, see plan/known-kinds.ts. */
export function handlerOf(handlers: Handlers, { kind }: AnyAction): StepHandler {
  const handler = handlers[kind];
  if (handler === undefined) throw new Error(`no code does actions of kind ${kind}`);
  return handler;
}
