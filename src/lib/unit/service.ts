import { hostScript } from '../../host-script.js';
import { readUnit } from '../host/unit.js';
import { lookAtUnit, namesOfUnits } from '../host/unit-look.js';
import type { StepHandler } from '../run/step-handler.js';
import type { ServiceAction } from './actions.js';
import { runUnitScript } from './unit-script.js';

const SCRIPTS = { start: 'unit/enable', stop: 'unit/disable' };

/** Starts or stops a systemd unit for good: it is, or is not, started again at the next boot. */
export const serviceHandler: StepHandler<ServiceAction> = {
  async apply({ unit, wanted, wantedIn = [] }, context) {
    const verb = wanted === 'started' ? 'start' : 'stop';
    const session = await context.session();
    const { self, required, up } = await lookAtUnit(session, unit, verb, context.signal);
    const words = [unit, ...(verb === 'start' ? wantedIn : [])] as const;
    const work = verb === 'start' ? { start: [self, ...required] } : { stop: [self, ...up] };
    const script = hostScript(SCRIPTS[verb]);
    const changed = (await runUnitScript({ script, words }, work, context)) !== 'unchanged';
    return { changed, message: changed && up.length > 0 ? `${namesOfUnits(up)} went down with it` : '' };
  },
  async probe({ unit, wanted }, context) {
    const { activeState } = await readUnit(await context.session(), unit, context.signal);
    return (activeState === 'active') === (wanted === 'started') && activeState !== 'activating';
  },
};
