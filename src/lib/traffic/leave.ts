import { readUnit } from '../host/unit.js';
import type { Balancer } from '../layers/http/balancer.js';
import { type BalancerServer, serversOf } from '../layers/http/balancer-servers.js';
import { readOwn } from '../layers/http/drained.js';
import { atEach } from '../layers/http/everywhere.js';
import { isDrained } from '../layers/http/server-state.js';
import { OUT_BEFORE } from '../record/stored-events.js';
import { type StepContext, StepFailure, type StepHandler } from '../run/step-handler.js';
import type { LeaveAction, RejoinAction } from './actions.js';
import type { FloorGuard } from './floor-guard.js';
import { comeBack, outBefore, outNote, trafficPlace } from './membership.js';

/**
 * Stops new requests to a host at every balancer, once enough other hosts serve. A host that cannot be worked on stays in
 * traffic. So does a host if one balancer cannot be asked, because that balancer may still send it requests.
 */
export function leaveHandler(floors: FloorGuard): StepHandler<LeaveAction> {
  return {
    tellsBegin: true,
    async apply(action, context) {
      const { floor } = action;
      if (!action.unasked) await requireUnit(floor.unit, context);
      const servers = serversOf(action);
      return await floors.pass(floor, servers, context, async () => {
        const ends = await atEach(servers, context, (balancer, server) =>
          takeOut(balancer, server, () => context.begins()),
        );
        const changed = ends.includes('left');
        if (!action.wasIn) return { changed, message: '' };
        // On a second attempt, drained servers are our own work, except those that the first attempt found drained by others.
        const known = context.isAgain ? outBefore(context) : undefined;
        const foreign = servers.filter(
          (server, index) => ends[index] === 'was drained' && (known?.includes(trafficPlace(server)) ?? true),
        );
        const facts = { [OUT_BEFORE]: JSON.stringify(foreign.map(trafficPlace)) };
        return { changed, message: outNote(foreign), facts };
      });
    },
  };
}

async function requireUnit(unit: string, context: StepContext): Promise<void> {
  const { loadState } = await readUnit(await context.session(), unit, context.signal);
  if (loadState !== 'loaded') throw new StepFailure('failed', `${unit} is ${loadState} there`);
}

async function takeOut(
  balancer: Balancer,
  server: BalancerServer,
  begins: () => void,
): Promise<'left' | 'was drained' | 'unchanged'> {
  const wasDrained = (await readOwn(balancer, server)).some(isDrained);
  begins();
  if (await balancer.drain(server)) return 'left';
  return wasDrained ? 'was drained' : 'unchanged';
}

/** Puts a host back into traffic that left it but was not stopped in the end. */
export const rejoinHandler: StepHandler<RejoinAction> = {
  async apply(action, context) {
    const { unit, invocation } = action;
    if (action.until !== undefined && context.resultOf(action.until)?.status === 'done')
      return { changed: false, skipped: true, message: 'it is in traffic again' };
    const now = await readUnit(await context.session(), unit, context.signal);
    if (now.activeState !== 'active' || invocation === '' || now.invocation !== invocation)
      return { changed: false, skipped: true, message: `it stays out of traffic: ${unit} was stopped` };
    return await comeBack(serversOf(action), context);
  },
};
