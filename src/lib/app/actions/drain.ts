import { awaitNoSessions } from '../../layers/http/haproxy.js';
import type { ActionOf, StepHandler } from '../../run/step-handler.js';

/** Waits until the requests that a host has are answered, for so long and no longer. */
export const drainHandler: StepHandler<ActionOf<'drain'>> = {
  async apply({ withinMs, server }, context) {
    const balancer = await context.sessionOf(server.balancer);
    const left = await awaitNoSessions(balancer, server, withinMs, context.signal);
    if (left === 0) return { changed: false, message: '' };
    const sessions = left === 1 ? '1 session was' : `${left} sessions were`;
    return {
      changed: false,
      message: `${sessions} still open after ${withinMs / 1000} s, and are cut by the stop`,
    };
  },
};
