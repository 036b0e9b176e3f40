import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { askEach } from '../layers/http/everywhere.js';
import { serversAt } from '../layers/http/match.js';
import { isWanted } from '../layers/http/server-state.js';
import { type StepContext, StepFailure } from '../run/step-handler.js';

/**
 * Right before a stop: a host that was out of traffic when the plan was made has no steps that take it out.
 * @throws StepFailure if it is in traffic at one of these places now, or a balancer cannot be asked
 */
export async function requireStillOut(
  places: readonly BalancerServer[],
  context: Pick<StepContext, 'sessionOf' | 'signal'>,
): Promise<void> {
  const back = await askEach(places, context, async (balancer, place) =>
    serversAt(await balancer.readServers(), place).some(isWanted) ? [place.balancer] : [],
  );
  const balancers = [...new Set(back.flat())];
  if (balancers.length === 0) return;
  const words = `it was put into traffic at ${balancers.join(', ')} since the plan was made, and is not stopped; a new plan takes it out first`;
  throw new StepFailure('failed', words);
}
