import { type BalancerServer, serversOf } from '../layers/http/balancer-servers.js';
import { leave } from '../layers/http/drained.js';
import { atEach } from '../layers/http/everywhere.js';
import { OUT_BEFORE } from '../record/stored-events.js';
import type { StepContext, StepHandler, StepOutcome } from '../run/step-handler.js';
import type { TrafficAction } from './actions.js';

/** Adds a host to the room's balancers, puts it into traffic there, or removes it. */
export const trafficHandler: StepHandler<TrafficAction> = {
  async apply(action, context) {
    const servers = serversOf(action);
    if (action.wasShut) await atEach(servers, context, (balancer, server) => balancer.reopen(server));
    if (action.wanted === 'in' && action.back) return await comeBack(servers, context);
    if (action.wanted === 'in') return await joinAtAll(servers, 'in', context);
    const changed = await atEach(servers, context, (balancer, server) =>
      action.wanted === 'enrolled'
        ? balancer.enrol(server)
        : leave(balancer, server, { signal: context.signal }),
    );
    return { changed: changed.includes(true), message: '' };
  },
};

/**
 * Puts a host back where an earlier step took it out. A balancer does not tell which client drained a server: if the host was
 * out before that step began, it stays out.
 */
export async function comeBack(
  servers: readonly BalancerServer[],
  context: StepContext,
): Promise<StepOutcome> {
  const foreign = outBefore(context);
  const isForeign = (server: BalancerServer) => foreign.includes(trafficPlace(server));
  const { changed, message } = await joinAtAll(
    servers.filter((server) => !isForeign(server)),
    'back',
    context,
  );
  return { changed, message: [outNote(servers.filter(isForeign)), message].filter(Boolean).join('; ') };
}

/** The places where the host was already out before our operation, as the step that took it out found. */
export function outBefore(context: Pick<StepContext, 'fact'>): readonly string[] {
  const kept = context.fact(OUT_BEFORE);
  return kept === undefined ? [] : (JSON.parse(kept) as readonly string[]);
}

/** A place in traffic, as it is written in a fact. */
export function trafficPlace({ balancer, backend, name }: BalancerServer): string {
  return `${balancer}:${backend}/${name}`;
}

/** The note about places where the host was already out; empty if there are none. */
export function outNote(servers: readonly BalancerServer[]): string {
  const places = servers.map(({ name, balancer }) => `${name} stays out at ${balancer}`).join(', ');
  return places === '' ? '' : `${places}, where somebody else took it out`;
}

async function joinAtAll(
  servers: readonly BalancerServer[],
  intent: 'in' | 'back',
  context: StepContext,
): Promise<StepOutcome> {
  const ends = await atEach(servers, context, (balancer, server) => balancer.join(server, intent));
  return {
    changed: ends.some(({ changed }) => changed),
    message: ends.flatMap(({ message }) => (message === '' ? [] : [message])).join('; '),
  };
}
