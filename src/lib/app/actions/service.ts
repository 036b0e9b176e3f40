import { howItEnded } from '../../run/remote.js';
import { type ActionOf, type StepContext, StepFailure, type StepHandler } from '../../run/step-handler.js';
import { scriptCommand } from '../../shell/quote.js';
import { readUnit } from '../unit.js';

export const SERVICE_TIMEOUT_MS = 100_000;

// What `[Install]` does not say is linked as it is on the template. `enable` makes systemd read its units anew; `start` on a unit that runs, or is just starting, starts it no second
// time (systemctl(1)).
const START = `
set -eu
unit=$1
shift
systemctl enable --quiet -- "$unit"
for folder in "$@"; do
  [ -L "/etc/systemd/system/$folder/$unit" ] || systemctl "add-\${folder##*.}" --quiet -- "\${folder%.*}" "$unit"
done
if systemctl is-active --quiet -- "$unit"; then echo unchanged; exit 0; fi
systemctl start -- "$unit"`;

const STOP = `
set -eu
systemctl daemon-reload
if [ "$(systemctl show --property=LoadState --value -- "$1")" = not-found ]; then echo unchanged; exit 0; fi
systemctl disable --now --quiet -- "$1"
systemctl reset-failed --quiet -- "$1" || true`;

/** Starts or stops a systemd unit for good: it is, or is not, started again at the next boot. */
export const serviceHandler: StepHandler<ActionOf<'service'>> = {
  async apply({ unit, wanted, wantedIn = [] }, context) {
    const session = await context.session();
    const words = wanted === 'started' ? [unit, ...wantedIn] : [unit];
    const command = scriptCommand(wanted === 'started' ? START : STOP, words, 'write', SERVICE_TIMEOUT_MS);
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
