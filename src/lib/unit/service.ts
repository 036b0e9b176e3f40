import { readUnit } from '../host/unit.js';
import { lookAtUnit, namesOfUnits } from '../host/unit-look.js';
import type { ActionOf, StepHandler } from '../run/step-handler.js';
import { runUnitScript } from './unit-script.js';

// What `[Install]` does not say is linked as it is on the template. `enable` makes systemd read its units anew; `start` on a
// unit that runs, or is just starting, starts it no second time (systemctl(1)).
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

const SCRIPTS = { start: START, stop: STOP };

/** Starts or stops a systemd unit for good: it is, or is not, started again at the next boot. */
export const serviceHandler: StepHandler<ActionOf<'service'>> = {
  async apply({ unit, wanted, wantedIn = [] }, context) {
    const verb = wanted === 'started' ? 'start' : 'stop';
    const session = await context.session();
    const { self, required, up } = await lookAtUnit(session, unit, verb, context.signal);
    const words = [unit, ...(verb === 'start' ? wantedIn : [])] as const;
    const work = verb === 'start' ? { start: [self, ...required] } : { stop: [self, ...up] };
    const changed = (await runUnitScript({ script: SCRIPTS[verb], words }, work, context)) !== 'unchanged';
    return { changed, message: changed && up.length > 0 ? `${namesOfUnits(up)} went down with it` : '' };
  },
  async probe({ unit, wanted }, context) {
    const { activeState } = await readUnit(await context.session(), unit, context.signal);
    return (activeState === 'active') === (wanted === 'started') && activeState !== 'activating';
  },
};
