import { hostScript } from '../../host-script.js';
import { readUnit } from '../host/unit.js';
import { endOf, readLastLine } from '../host/unit-end.js';
import { lookAtUnit, namesOfUnits } from '../host/unit-look.js';
import type { UnitTimes } from '../host/unit-times.js';
import { type StepContext, StepFailure, type StepHandler } from '../run/step-handler.js';
import { quoteWord } from '../shell/quote.js';
import type { SidecarsAction } from './actions.js';
import { runUnitScript } from './unit-script.js';

/** For how many units the reason for being down is given. */
const MOST_REASONS = 3;

/**
 * Checks that the units stopped with a unit are up again, some steps after its start, and starts the others. By then the host
 * serves. A unit that is down beside it is no reason to take the host out, but a reason to stop here.
 */
export const sidecarsHandler: StepHandler<SidecarsAction> = {
  async apply({ unit }, context) {
    const { remembered } = await lookAtUnit(await context.session(), unit, 'start', context.signal);
    await startAgain(unit, remembered, 'now', context);
    return { changed: false, message: '' };
  },
};

/**
 * Starts again the units that were stopped with a unit. `judged`: whether to fail now for units that are still down, and to
 * forget them once they are up.
 * @returns what an operator should know; empty if no unit was stopped
 * @throws {StepFailure} if a unit is down, with `judged`
 */
export async function startAgain(
  unit: string,
  units: readonly UnitTimes[],
  judged: 'now' | 'later',
  context: StepContext,
): Promise<string> {
  if (units.length === 0) return '';
  const words = [unit, judged === 'now' ? 'forget' : 'keep'] as const;
  const script = { script: hostScript('unit/sidecars'), words } as const;
  const said = await runUnitScript(script, { start: units }, context);
  const lines = said.split('\n');
  const down = lines.filter((line) => line.startsWith('down ')).map((line) => line.slice(5));
  if (down.length === 0) return `${namesOfUnits(units)} started again`;
  const message = await whyDown(unit, down, context);
  if (judged === 'now') throw new StepFailure('failed', message);
  return message;
}

async function whyDown(unit: string, down: readonly string[], context: StepContext): Promise<string> {
  const session = await context.session();
  const reasons: string[] = [];
  for (const name of down.slice(0, MOST_REASONS)) {
    const unitState = await readUnit(session, name, context.signal);
    const { loadState, activeState } = unitState;
    const lastLine = await readLastLine(session, name, context.signal);
    const state =
      loadState === 'loaded' ? [activeState, endOf(unitState)].filter(Boolean).join(', ') : loadState;
    reasons.push(`${name} (${state}${lastLine === '' ? '' : `: ${lastLine}`})`);
  }
  if (down.length > MOST_REASONS) reasons.push(`and ${down.length - MOST_REASONS} more`);
  const start = `systemctl start ${down.slice(0, MOST_REASONS).map(quoteWord).join(' ')}`;
  return `went down with ${unit} and did not come up again: ${reasons.join(', ')}; on the host: ${start}`;
}
