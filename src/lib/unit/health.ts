import { setTimeout as sleep } from 'node:timers/promises';
import { askHealth } from '../host/health-check.js';
import { readRun, readUnit, type UnitRun } from '../host/unit.js';
import { placesOf } from '../layers/http/balancer-servers.js';
import { type StepContext, StepFailure, type StepHandler, THIS_MACHINE } from '../run/step-handler.js';
import type { Session } from '../ssh/transport.js';
import { forgottenNote } from '../traffic/drain.js';
import type { OutOfTraffic } from '../traffic/kept-out.js';
import type { HealthAction } from './actions.js';

/** A service that systemd has restarted this often is not coming up; waiting longer only hides it. */
const TOO_MANY_RESTARTS = 3;

/** Asks the app's HTTP check until it passes so many times in a row. */
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
  const deadline = performance.now() + check.withinMs;
  const session = await context.session();
  let passes = 0;
  let last = 'no answer';
  let first: UnitRun | undefined;
  while (passes < check.passes) {
    const health = await askHealth(session, new URL(url), check);
    passes = health.state === 'healthy' ? passes + 1 : 0;
    if (health.state === 'unknown') throw cannotAsk(health.reason);
    if (passes === 1) first = await readRun(session, unit, context.signal);
    if (passes === check.passes) {
      const run = passes === 1 ? first : await readRun(session, unit, context.signal);
      const other = notItself(unit, first, run);
      if (other !== undefined) {
        passes = 0;
        last = other;
        await failIfDead(session, unit, context);
      }
    }
    if (health.state === 'sick') {
      last = health.reason;
      await failIfDead(session, unit, context);
    }
    if (performance.now() > deadline)
      throw await unhealthy(session, unit, `${url}: ${last} (for ${check.withinMs / 1000} s)`, context);
    if (passes < check.passes) await sleep(check.everyMs, undefined, { signal: context.signal });
  }
}

/**
 * Why the answers are none of this unit: something else has its port, such as a process that an earlier run left behind, and
 * the unit dies of that again and again, or nobody has started it. Undefined where they are. A unit that only starts something
 * is inactive.
 */
function notItself(unit: string, first: UnitRun | undefined, now: UnitRun | undefined): string | undefined {
  const state = now?.activeState ?? '';
  const isDown = state === 'inactive' && !now?.runsToEnd;
  if (isDown || ['failed', 'activating', 'deactivating'].includes(state))
    return `it answers, and ${unit} is ${state}: something else listens there`;
  if (first?.invocation === now?.invocation) return undefined;
  return `it answers, and ${unit} was restarted meanwhile: something else may listen there`;
}

/** Nobody is to blame: neither is the host unfit, nor is its application sick. */
function cannotAsk(reason: string): StepFailure {
  return new StepFailure('failed', `whether it is healthy could not be asked: ${reason}`, THIS_MACHINE);
}

async function failIfDead(session: Session, unit: string, context: StepContext): Promise<void> {
  const state = await readUnit(session, unit, context.signal);
  const reason = state.lastLine ? `; its journal ends: ${state.lastLine}` : '';
  const sick = (words: string) => new StepFailure('unhealthy', words, undefined, state.invocation);
  if (state.activeState === 'failed') throw sick(`${unit} died (${state.result})${reason}`);
  if (state.restarts >= TOO_MANY_RESTARTS)
    throw sick(`${unit} dies again and again (${state.restarts} restarts)${reason}`);
}

async function unhealthy(
  session: Session,
  unit: string,
  what: string,
  context: StepContext,
): Promise<StepFailure> {
  const { activeState, invocation } = await readRun(session, unit, context.signal);
  const words = `never healthy: ${what}; ${unit} is ${activeState}`;
  return new StepFailure('unhealthy', words, undefined, invocation);
}
