import { hostScript } from '../../host-script.js';
import { readRun } from '../host/unit.js';
import { lookAtUnit, namesOfUnits } from '../host/unit-look.js';
import type { StepContext, StepHandler, StepOutcome } from '../run/step-handler.js';
import type { ServiceAction } from './actions.js';
import { runUnitScript } from './unit-script.js';

/** Starts or stops a systemd unit for good: also enables or disables its start at boot. */
export const serviceHandler: StepHandler<ServiceAction> = {
  async apply({ unit, wanted, wantedIn = [] }, context) {
    return wanted === 'started' ? await start(unit, wantedIn, context) : await stop(unit, context);
  },
  async probe({ unit, wanted }, context) {
    const { activeState } = await readRun(await context.session(), unit, context.signal);
    return wanted === 'started' ? activeState === 'active' : ['inactive', 'failed'].includes(activeState);
  },
};

async function start(unit: string, wantedIn: readonly string[], context: StepContext): Promise<StepOutcome> {
  const { self, required } = await lookAtUnit(await context.session(), unit, 'start', context.signal);
  const script = { script: hostScript('unit/enable'), words: [unit, ...wantedIn] } as const;
  const said = await runUnitScript(script, { start: [self, ...required] }, context);
  return { changed: said !== 'unchanged', message: '' };
}

/** If the unit does not run, as on every new host, its stop time need not be read. */
async function stop(unit: string, context: StepContext): Promise<StepOutcome> {
  const script = hostScript('unit/disable');
  const said = await runUnitScript({ script, words: [unit, 'down'] }, { stop: [] }, context);
  if (said !== 'up') return { changed: said !== 'unchanged', message: '' };
  const { self, up } = await lookAtUnit(await context.session(), unit, 'stop', context.signal);
  const changed =
    (await runUnitScript({ script, words: [unit] }, { stop: [self, ...up] }, context)) !== 'unchanged';
  return { changed, message: changed && up.length > 0 ? `${namesOfUnits(up)} went down with it` : '' };
}
