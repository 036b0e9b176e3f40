import { hostScript } from '../../host-script.js';
import { askHealth } from '../host/health-check.js';
import { lookAtUnit, namesOfUnits, type UnitLook } from '../host/unit-look.js';
import { placesOf } from '../layers/http/balancer-servers.js';
import type { StepContext, StepHandler, StepOutcome } from '../run/step-handler.js';
import { drainWhereForgotten, forgottenNote } from '../traffic/drain.js';
import type { FloorGuard } from '../traffic/floor-guard.js';
import type { OutOfTraffic } from '../traffic/kept-out.js';
import { requireStillOut } from '../traffic/still-out.js';
import type { StartAction, StopAction } from './actions.js';
import { startAgain } from './sidecars.js';
import { runUnitScript } from './unit-script.js';

/**
 * Stops the run of a unit that was there when the plan was made, and no later one. The host must still be out of traffic;
 * that is checked right before the stop and during it, because a balancer that reloads forgets drained servers. Before the
 * stop, the units that will stop with this one are recorded on the host.
 */
export function stopHandler(floors: FloorGuard, out: OutOfTraffic): StepHandler<StopAction> {
  return {
    async apply({ unit, invocation, floor, servers: stored, stillOut, drainMs = 0 }, context) {
      await requireStillOut(placesOf(stillOut), context);
      const servers = placesOf(stored);
      const look = await lookAtUnit(await context.session(), unit, 'stop', context.signal);
      const said = await drainWhereForgotten(servers, drainMs, context);
      const stop = () => stopUnit(unit, invocation, look, context);
      const { result, again } = await out.during(servers, context, () =>
        floor === undefined ? stop() : floors.pass(floor, [], context, stop),
      );
      const first = said === '' ? forgottenNote(again) : said;
      return { ...result, message: [first, result.message].filter(Boolean).join('; ') };
    },
  };
}

async function stopUnit(
  unit: string,
  invocation: string,
  { self, up }: UnitLook,
  context: StepContext,
): Promise<StepOutcome> {
  const script = { script: hostScript('unit/stop'), words: [unit, invocation] } as const;
  const answer = await runUnitScript(script, { stop: [self, ...up] }, context);
  if (answer !== '' || up.length === 0) return { changed: answer === '', message: SAID[answer] ?? '' };
  return { changed: true, message: `${namesOfUnits(up)} ${up.length === 1 ? 'goes' : 'go'} down with it` };
}

export function startHandler(out: OutOfTraffic): StepHandler<StartAction> {
  return {
    async apply(action, context) {
      const start = () => startUnit(action, context);
      const { result, again } = await out.during(placesOf(action.servers), context, start);
      return { ...result, message: [forgottenNote(again), result.message].filter(Boolean).join('; ') };
    },
  };
}

async function startUnit(
  { unit, judged, sidecarsLater }: StartAction,
  context: StepContext,
): Promise<StepOutcome> {
  const sick = judged === undefined ? '' : await sickRun(judged, context);
  const session = await context.session();
  const { self, required, remembered } = await lookAtUnit(session, unit, 'start', context.signal);
  const { up } = sick === '' ? { up: [] } : await lookAtUnit(session, unit, 'stop', context.signal);
  const script = { script: hostScript('unit/start'), words: [unit, sick] } as const;
  const units = { start: [self, ...required, ...up], ...(sick === '' ? {} : { stop: [self, ...up] }) };
  const answer = await runUnitScript(script, units, context);
  const again = await startAgain(unit, [...remembered, ...up], sidecarsLater ? 'later' : 'now', context);
  return {
    changed: answer !== 'unchanged' || again !== '',
    message: [SAID[answer], again].filter(Boolean).join('; '),
  };
}

/** The run that an earlier attempt found unhealthy and that is still unhealthy; empty if there is none. */
async function sickRun(
  { by, url, check }: NonNullable<StartAction['judged']>,
  context: StepContext,
): Promise<string> {
  const before = context.resultOf(by);
  if (before?.status !== 'failed' || !before.run) return '';
  const { state } = await askHealth(await context.session(), new URL(url), check);
  return state === 'sick' ? before.run : '';
}

const SAID: Readonly<Record<string, string>> = {
  restarted: 'it has been restarted since the plan was made',
  again: 'anew, as the run that was there was never healthy',
};
