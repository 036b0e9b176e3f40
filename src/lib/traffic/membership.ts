import { type BalancerServer, serversOf } from '../layers/http/balancer-servers.js';
import { leave } from '../layers/http/drained.js';
import { atEach } from '../layers/http/everywhere.js';
import { OUT_BEFORE } from '../record/stored-events.js';
import type { StepContext, StepHandler, StepOutcome } from '../run/step-handler.js';
import type { TrafficAction } from './actions.js';

/** Makes a host known to the room's balancers, joins traffic there, or leaves it. */
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
 * Puts a host back where a step before took it out. A balancer does not tell who has drained it: where a host was out
 * before that step began, it stays out.
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

/** The places where somebody else had taken the host out before our operation did, as the step that took it out found. */
export function outBefore(context: Pick<StepContext, 'fact'>): readonly string[] {
  const kept = context.fact(OUT_BEFORE);
  return kept === undefined ? [] : (JSON.parse(kept) as readonly string[]);
}

/** A place in traffic, as a fact has it. */
export function trafficPlace({ balancer, backend, name }: BalancerServer): string {
  return `${balancer}:${backend}/${name}`;
}

/** What a reader is told of places where somebody else took it out; empty for none. */
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
