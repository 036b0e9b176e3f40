import { setTimeout as sleep } from 'node:timers/promises';
import { askHealth } from '../host/health-check.js';
import { readRun, readUnit, type UnitRun } from '../host/unit.js';
import { endWords, lastWords } from '../host/unit-end.js';
import { placesOf } from '../layers/http/balancer-servers.js';
import { type StepContext, StepFailure, type StepHandler, THIS_MACHINE } from '../run/step-handler.js';
import type { ReadSession } from '../ssh/transport.js';
import { forgottenNote } from '../traffic/drain.js';
import type { OutOfTraffic } from '../traffic/kept-out.js';
import type { HealthAction } from './actions.js';

/** A service that systemd has restarted this often will not come up; a longer wait only hides that. */
const TOO_MANY_RESTARTS = 3;

/** Repeats the app's HTTP check until it passes several times in a row (`passes`). */
export function healthHandler(out: OutOfTraffic): StepHandler<HealthAction> {
  return {
    async apply(action, context) {
      const { again } = await out.during(placesOf(action.servers), context, () =>
        awaitHealthy(action, context),
      );
      return { changed: false, message: forgottenNote(again) };
    },
  };
}

async function awaitHealthy({ check, url, unit }: HealthAction, context: StepContext): Promise<void> {
  const startedAt = performance.now();
  const deadline = startedAt + check.withinMs;
  const session = await context.session();
  let passes = 0;
  let last = 'no answer';
  // The run that was seen at the last look before the passes, or at the first pass.
  let first: string | undefined;
  while (passes < check.passes) {
    const health = await askHealth(session, new URL(url), check);
    passes = health.state === 'healthy' ? passes + 1 : 0;
    if (health.state === 'unknown') throw cannotAsk(health.reason);
    const run =
      passes === check.passes || (passes === 1 && first === undefined)
        ? await readRun(session, unit, context.signal)
        : undefined;
    first ??= run?.invocation;
    if (passes === check.passes && run !== undefined) {
      const other = notItself(unit, first, run);
      if (other !== undefined) {
        passes = 0;
        last = other;
        first = await lookAlive(session, unit, startedAt, context);
      }
    }
    if (health.state === 'sick') {
      last = health.reason;
      first = await lookAlive(session, unit, startedAt, context);
    }
    if (performance.now() > deadline)
      throw await unhealthy(session, unit, `${url}: ${last} (for ${check.withinMs / 1000} s)`, context);
    if (passes < check.passes) await sleep(check.everyMs, undefined, { signal: context.signal });
  }
}

/**
 * Why the answers do not come from this unit. Either another process has its port, such as one left over from an earlier run,
 * and the unit fails again and again because of it; or the unit was never started. Undefined if they do come from it. A unit
 * that only starts other processes is inactive.
 */
function notItself(unit: string, first: string | undefined, now: UnitRun): string | undefined {
  const state = now.activeState;
  const isDown = state === 'inactive' && !now.runsToEnd;
  if (isDown || ['failed', 'activating', 'deactivating'].includes(state))
    return `it answers, and ${unit} is ${state}: something else listens there`;
  if (first === now.invocation) return undefined;
  return `it answers, and ${unit} was restarted meanwhile: something else may listen there`;
}

/** No host is at fault: the host is not unfit, and its application is not sick. */
function cannotAsk(reason: string): StepFailure {
  return new StepFailure('failed', `whether it is healthy could not be asked: ${reason}`, THIS_MACHINE);
}

/**
 * @returns its run
 * @throws {StepFailure} if it has ended, or fails again and again
 */
async function lookAlive(
  session: ReadSession,
  unit: string,
  startedAt: number,
  context: StepContext,
): Promise<string> {
  const state = await readUnit(session, unit, context.signal);
  const { activeState, invocation, restarts } = state;
  const isDead = activeState === 'failed';
  if (!isDead && restarts < TOO_MANY_RESTARTS) return invocation;
  const what = isDead ? 'died' : `dies again and again (${restarts} restarts)`;
  const loopMs = isDead ? 0 : performance.now() - startedAt;
  const why = `${endWords(state)}${await lastWords(session, unit, context.signal, loopMs)}`;
  throw new StepFailure('unhealthy', `${unit} ${what}${why}`, undefined, invocation);
}

async function unhealthy(
  session: ReadSession,
  unit: string,
  what: string,
  context: StepContext,
): Promise<StepFailure> {
  const { activeState, invocation } = await readRun(session, unit, context.signal);
  const words = `never healthy: ${what}; ${unit} is ${activeState}`;
  return new StepFailure('unhealthy', words, undefined, invocation);
}
