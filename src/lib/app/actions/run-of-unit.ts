import { howItEnded } from '../../run/remote.js';
import type { ActionOf, StepContext, StepHandler, StepOutcome } from '../../run/step-handler.js';
import { scriptCommand } from '../../shell/quote.js';
import { askHealth } from '../health-check.js';
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

// A unit that died too often is started only after its failures are forgotten. Of a run that is not good another is made,
// unless that has been done meanwhile.
const START = `
set -eu
if [ -n "$2" ] && systemctl is-active --quiet -- "$1" &&
  [ "$(systemctl show --property=InvocationID --value -- "$1")" = "$2" ]; then
  systemctl restart -- "$1"
  echo again
  exit 0
fi
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
    async apply({ unit, servers = [], judged }, context) {
      const start = async () => {
        const sick = judged === undefined ? '' : await sickRun(judged, context);
        return await run(START, [unit, sick], 'started', context);
      };
      const { result, again } = await out.during(servers, context, start);
      return { ...result, message: [forgottenNote(again), result.message].filter(Boolean).join('; ') };
    },
  };
}

/** The run of which an earlier attempt found that it is not healthy, and which is not healthy now; empty where there is none. */
async function sickRun(
  { by, url, check }: NonNullable<ActionOf<'start'>['judged']>,
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
  return { changed: answer === '' || answer === 'again', message: SAID[answer] ?? '' };
}
