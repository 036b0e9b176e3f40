import { joinBackend, leaveBackend } from '../../layers/http/haproxy.js';
import type { ActionOf, StepHandler } from '../../run/step-handler.js';

/** Joins traffic at the room's balancer, or leaves it. */
export const trafficHandler: StepHandler<ActionOf<'traffic'>> = {
  async apply({ wanted, server }, context) {
    const balancer = await context.sessionOf(server.balancer);
    const change = wanted === 'in' ? joinBackend : leaveBackend;
    return { changed: await change(balancer, server, context.signal), message: '' };
  },
};
