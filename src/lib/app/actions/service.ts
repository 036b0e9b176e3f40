import { howItEnded } from '../../run/remote.js';
import { type ActionOf, type StepContext, StepFailure, type StepHandler } from '../../run/step-handler.js';
import { scriptCommand } from '../../shell/quote.js';
import { readUnit } from '../unit.js';

export const SERVICE_TIMEOUT_MS = 100_000;

// `enable` makes systemd read its units anew; `start` on a unit that runs, or is just starting, starts it no second
// time (systemctl(1)).
const START = `
set -eu
systemctl enable --quiet -- "$1"
if systemctl is-active --quiet -- "$1"; then echo unchanged; exit 0; fi
systemctl start -- "$1"`;

const STOP = `
set -eu
systemctl daemon-reload
if [ "$(systemctl show --property=LoadState --value -- "$1")" = not-found ]; then echo unchanged; exit 0; fi
systemctl disable --now --quiet -- "$1"
systemctl reset-failed --quiet -- "$1" || true`;

/** Starts or stops a systemd unit for good: it is, or is not, started again at the next boot. */
export const serviceHandler: StepHandler<ActionOf<'service'>> = {
  async apply({ unit, wanted }, context) {
    const session = await context.session();
    const command = scriptCommand(wanted === 'started' ? START : STOP, [unit], 'write', SERVICE_TIMEOUT_MS);
    const result = await session.run(command, { signal: context.signal });
    if (result.exitCode !== 0) throw await serviceFailure(unit, wanted, howItEnded(result), context);
    return { changed: result.stdout.trim() !== 'unchanged', message: '' };
  },
  async probe({ unit, wanted }, context) {
    const { activeState } = await readUnit(await context.session(), unit, context.signal);
    return (activeState === 'active') === (wanted === 'started') && activeState !== 'activating';
  },
};

export async function serviceFailure(
  unit: string,
  wanted: string,
  how: string,
  context: StepContext,
): Promise<StepFailure> {
  const state = await readUnit(await context.session(), unit, context.signal);
  const verb = wanted === 'started' ? 'starting' : 'stopping';
  const lastLine = state.lastLine ? `; its journal ends: ${state.lastLine}` : '';
  return new StepFailure('failed', `${verb} ${unit} ${how}${lastLine}`);
}
