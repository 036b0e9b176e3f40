import { drainServer, joinBackend } from '../../layers/http/haproxy.js';
import { type ActionOf, StepFailure, type StepHandler } from '../../run/step-handler.js';
import { readUnit } from '../unit.js';
import type { FloorGuard } from './floor.js';

/** Gives a host no new requests, once enough others serve. One that cannot be worked on stays where it is. */
export function leaveHandler(floors: FloorGuard): StepHandler<ActionOf<'leave'>> {
  return {
    async apply({ server, floor }, context) {
      const { loadState } = await readUnit(await context.session(), floor.unit, context.signal);
      if (loadState !== 'loaded') throw new StepFailure('failed', `${floor.unit} is ${loadState} there`);
      const balancer = await context.sessionOf(server.balancer);
      return await floors.pass(floor, server, context, async () => ({
        changed: await drainServer(balancer, server),
        message: '',
      }));
    },
  };
}

/** Puts a host back into traffic that left it and was then not stopped after all. */
export const rejoinHandler: StepHandler<ActionOf<'rejoin'>> = {
  async apply({ unit, invocation, server }, context) {
    const now = await readUnit(await context.session(), unit, context.signal);
    if (now.activeState !== 'active' || invocation === '' || now.invocation !== invocation)
      return { changed: false, skipped: true, message: `it stays out of traffic: ${unit} was stopped` };
    const balancer = await context.sessionOf(server.balancer);
    return { changed: await joinBackend(balancer, server, context.signal), message: '' };
  },
};
