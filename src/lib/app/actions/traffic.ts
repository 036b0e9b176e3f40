import { atEach } from '../../layers/http/everywhere.js';
import { joinBackend } from '../../layers/http/join.js';
import { leaveBackend } from '../../layers/http/leave.js';
import { serversOf } from '../../plan/balancer-servers.js';
import type { BalancerServer } from '../../plan/plan.js';
import type { ActionOf, StepContext, StepHandler, StepOutcome } from '../../run/step-handler.js';

/** Joins traffic at the room's balancers, or leaves it. */
export const trafficHandler: StepHandler<ActionOf<'traffic'>> = {
  async apply(action, context) {
    const servers = serversOf(action);
    if (action.wanted === 'in') return await joinAtAll(servers, action.back ? 'back' : 'in', context);
    const left = await atEach(servers, context, leaveBackend);
    return { changed: left.includes(true), message: '' };
  },
};

export async function joinAtAll(
  servers: readonly BalancerServer[],
  intent: 'in' | 'back',
  context: StepContext,
): Promise<StepOutcome> {
  const ends = await atEach(servers, context, (runtime, server) => joinBackend(runtime, server, intent));
  return {
    changed: ends.some(({ changed }) => changed),
    message: ends.flatMap(({ message }) => (message === '' ? [] : [message])).join('; '),
  };
}
