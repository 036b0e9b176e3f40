import { howItEnded } from '../../run/remote.js';
import type { ActionOf, StepContext, StepHandler, StepOutcome } from '../../run/step-handler.js';
import { scriptCommand } from '../../shell/quote.js';
import { drainWhereForgotten, forgottenNote } from './drain.js';
import type { FloorGuard } from './floor.js';
import type { OutOfTraffic } from './kept-out.js';
import { SERVICE_TIMEOUT_MS, serviceFailure } from './service.js';

// Whether the unit starts at boot is left as it is: a host that reboots half-way must come up again.
const STOP = `
set -eu
case $(systemctl is-active -- "$1") in inactive | failed) echo unchanged; exit 0 ;; esac
if [ -n "$2" ] && [ "$(systemctl show --property=InvocationID --value -- "$1")" != "$2" ]; then
  echo restarted
  exit 0
fi
systemctl stop -- "$1"`;

// A unit that died too often is started only after its failures are forgotten.
const START = `
set -eu
if systemctl is-active --quiet -- "$1"; then echo unchanged; exit 0; fi
systemctl reset-failed -- "$1" 2>/dev/null || true
systemctl start -- "$1"`;

/**
 * Stops the run of a unit that the plan saw, and no later one. That the host is still out of traffic is seen right before
 * it and meanwhile: a reload of the balancer forgets whom somebody took out.
 */
export function stopHandler(floors: FloorGuard, out: OutOfTraffic): StepHandler<ActionOf<'stop'>> {
  return {
    async apply({ unit, invocation, floor, servers = [], drainMs = 0 }, context) {
      const said = await drainWhereForgotten(servers, drainMs, context);
      const stop = () => run(STOP, [unit, invocation], 'stopped', context);
      const { result, again } = await out.during(servers, context, () =>
        floor === undefined ? stop() : floors.pass(floor, [], context, stop),
      );
      const first = said === '' ? forgottenNote(again) : said;
      return { ...result, message: [first, result.message].filter(Boolean).join('; ') };
    },
  };
}

export function startHandler(out: OutOfTraffic): StepHandler<ActionOf<'start'>> {
  return {
    async apply({ unit, servers = [] }, context) {
      const start = () => run(START, [unit], 'started', context);
      const { result, again } = await out.during(servers, context, start);
      return { ...result, message: [forgottenNote(again), result.message].filter(Boolean).join('; ') };
    },
  };
}

async function run(
  script: string,
  words: readonly [unit: string, ...rest: string[]],
  wanted: 'started' | 'stopped',
  context: StepContext,
): Promise<StepOutcome> {
  const session = await context.session();
  const command = scriptCommand(script, words, 'write', SERVICE_TIMEOUT_MS);
  const result = await session.run(command, { signal: context.signal });
  if (result.exitCode !== 0) throw await serviceFailure(words[0], wanted, howItEnded(result), context);
  const answer = result.stdout.trim();
  return {
    changed: answer === '',
    message: answer === 'restarted' ? 'it has been restarted since the plan was made' : '',
  };
}
