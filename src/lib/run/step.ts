import { sentenceOf } from '../errors.js';
import { excerpt } from '../masking/masked.js';
import type { AnyAction, Step } from '../plan/plan.js';
import type { StepAddress, StepResult } from '../record/events.js';
import { evidenceToKeep, factsToKeep } from '../record/findings.js';
import type { StepState } from '../record/history.js';
import { unlessAborted } from '../ssh/abort.js';
import { ConnectError, HostError, OutcomeUnknownError } from '../ssh/connect-error.js';
import type { Journal } from './journal.js';
import { lookingOnly } from './look-context.js';
import {
  type Handlers,
  handlerOf,
  type StepContext,
  StepFailure,
  type StepHandler,
  type StepOutcome,
  THIS_MACHINE,
} from './step-handler.js';

/** How often a step with an unknown outcome is probed and tried before its host is given up. */
const ATTEMPTS = 2;
/** How much of a host's output is kept and shown, in characters. */
const LONGEST_MESSAGE = 600;

/**
 * Runs one step to its end and records it. If an earlier attempt is open or unknown, the step is probed first, and a change that
 * is there already is not made again. It never throws for a fault on a host. A ledger that fails does throw, and ends the
 * operation.
 */
export async function runStep(
  step: Step,
  address: StepAddress,
  past: StepState,
  tools: {
    readonly handlers: Handlers;
    readonly journal: Journal;
    readonly contextOf: (isAgain: boolean, begins: () => void) => StepContext;
  },
): Promise<StepResult> {
  const handler = handlerOf(tools.handlers, step.action);
  let inDoubt = past.status === 'open' || past.status === 'unknown';
  let result: StepResult = { status: 'skipped', message: '' };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    await tools.journal.record({ type: 'step-started', attempt: past.attempts + attempt, ...address });
    let isBegun = handler.tellsBegin !== true;
    const context = tools.contextOf(inDoubt, () => {
      isBegun = true;
    });
    const isLast = attempt === ATTEMPTS;
    result = await attemptStep(step.action, context, handler, inDoubt, () => isBegun || !isLast);
    await tools.journal.record({ type: 'step-finished', result, ...address });
    if (result.status !== 'unknown' || context.signal.aborted) break;
    inDoubt ||= isBegun;
  }
  return result;
}

/**
 * @param inDoubt an earlier attempt may have made the change
 * @param isOpen called when the connection was lost: whether this attempt may have made it, or will be repeated anyway
 */
async function attemptStep(
  action: AnyAction,
  context: StepContext,
  handler: StepHandler,
  inDoubt: boolean,
  isOpen: () => boolean,
): Promise<StepResult> {
  const startedAt = performance.now();
  const elapsedMs = () => Math.round(performance.now() - startedAt);
  try {
    context.signal.throwIfAborted();
    const work = probeOrApply(action, handler, context, inDoubt);
    // A handler that waits for something that never comes must not delay an operator who wants to leave.
    const outcome = await unlessAborted(work, context.signal);
    if (outcome === 'was there')
      return { status: 'done', changed: false, message: 'was there already', elapsedMs: elapsedMs() };
    const message = fitToKeep(outcome.message, context);
    if (outcome.skipped) return { status: 'skipped', message };
    return doneResult(outcome, { message, culprit: context.lane, elapsedMs: elapsedMs() }, context);
  } catch (error) {
    const { signal, lane } = context;
    const isCut = signal.aborted && (error === signal.reason || isAbort(error));
    const culprit = isCut ? lane : culpritOf(error, lane);
    const message = fitToKeep(sentenceOf(isCut ? signal.reason : error), context);
    const fault = { message, culprit, elapsedMs: elapsedMs() };
    return resultOf(error, fault, { inDoubt: inDoubt || signal.aborted, isOpen: isOpen() }, context);
  }
}

/** Facts are kept whole. If one cannot be kept, the step fails: a later step must not believe that there was no fact. */
function doneResult(
  { changed, evidence = [], facts = {} }: StepOutcome,
  { message, ...fault }: { readonly message: string; readonly culprit: string; readonly elapsedMs: number },
  { secrets }: StepContext,
): StepResult {
  const kept = factsToKeep(facts, secrets);
  const seen = evidenceToKeep(evidence, secrets);
  if ('fault' in kept)
    return { status: 'failed', failure: 'failed', message: `it found ${kept.fault}`, ...fault, ...seen };
  return { status: 'done', changed, message, elapsedMs: fault.elapsedMs, ...seen, ...kept };
}

async function probeOrApply(
  action: AnyAction,
  handler: StepHandler,
  context: StepContext,
  probeFirst: boolean,
): Promise<StepOutcome | 'was there'> {
  if (probeFirst && (await handler.probe?.(action, lookingOnly(context)))) return 'was there';
  return await handler.apply(action, context);
}

/** All output of a host in a step passes here and nowhere else: it is masked first, then cut, before any log or screen. */
function fitToKeep(message: string, { secrets }: StepContext): string {
  return excerpt(secrets.mask(message), LONGEST_MESSAGE);
}

/**
 * An error as a result: decided by its class, never by its text. `inDoubt`: an earlier attempt, or one that we cut off, may have
 * made the change already. Then a host that is not reached leaves the outcome unknown.
 */
function resultOf(
  error: unknown,
  fault: { readonly message: string; readonly culprit: string; readonly elapsedMs: number },
  { inDoubt, isOpen }: { readonly inDoubt: boolean; readonly isOpen: boolean },
  { secrets }: StepContext,
): StepResult {
  if (error instanceof StepFailure) {
    const { failure, run } = error;
    const seen = evidenceToKeep(error.evidence, secrets);
    return { status: 'failed', failure, ...fault, ...(run === undefined ? {} : { run }), ...seen };
  }
  const isLost = error instanceof OutcomeUnknownError;
  if (inDoubt || (isLost && isOpen)) return { status: 'unknown', ...fault };
  if (isLost || error instanceof ConnectError) return { status: 'failed', failure: 'unreachable', ...fault };
  return { status: 'failed', failure: 'failed', ...fault };
}

/** How Node's own functions end when their signal aborts. It says nothing about the reason, and no host is at fault. */
function isAbort(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ABORT_ERR';
}

/** An error that no host reported happened on this machine: a full disk, a bug in kuafu. */
function culpritOf(error: unknown, lane: string): string {
  if (error instanceof StepFailure) return error.culprit ?? lane;
  return error instanceof HostError ? error.host : THIS_MACHINE;
}
