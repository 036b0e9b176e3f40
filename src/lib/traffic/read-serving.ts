import { type Health, readHealth } from '../host/health-check.js';
import { costs, counts, type Seen, seenBy } from '../host/serving.js';
import { readServersInUse } from '../layers/http/backups.js';
import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { askEach } from '../layers/http/everywhere.js';
import { serversByPlace } from '../layers/http/match.js';
import { isInTraffic, type ServerState } from '../layers/http/server-state.js';
import type { StepContext } from '../run/step-handler.js';
import type { CapacityFloor } from './actions.js';

/** The state of the members at one moment. */
export interface Serving {
  /** Members that take capacity away if they leave. */
  readonly costs: Set<string>;
  /** Members that count as serving when another one leaves. */
  readonly counts: Set<string>;
  /** Members whose health could not be checked, and why. */
  readonly unknown: ReadonlyMap<string, string>;
}

/** Asks the balancers and then, for hosts that get requests, the application itself. */
export async function readServing(
  members: readonly string[],
  { check, unit }: CapacityFloor,
  servers: readonly BalancerServer[],
  context: StepContext,
): Promise<Serving> {
  const views = await askEach(servers, context, readServersInUse);
  const looks = views.map((states) => ({ states, at: serversByPlace(states) }));
  const seen = new Map(members.map((name) => [name, seenAs(name, servers, looks, context)]));
  const healths = new Map(
    await Promise.all(
      members
        .filter((name) => seen.get(name) !== 'down')
        .map(async (name): Promise<[string, Health]> => {
          const open = () => context.sessionOf(name);
          return [name, await readHealth(open, context.hostOf(name), { check, unit }, context.signal)];
        }),
    ),
  );
  context.signal.throwIfAborted();
  const those = (judge: typeof costs) =>
    new Set(
      [...healths].flatMap(([name, { state }]) => (judge(seen.get(name) ?? 'down', state) ? [name] : [])),
    );
  const unknown = [...healths].flatMap(([name, health]): [string, string][] =>
    health.state === 'unknown' ? [[name, health.reason]] : [],
  );
  return { costs: those(costs), counts: those(counts), unknown: new Map(unknown) };
}

/** The servers of a balancer, and how they are found by address and port. */
interface Look {
  readonly states: readonly ServerState[];
  readonly at: ReturnType<typeof serversByPlace>;
}

/** A host that is in traffic at one balancer is in traffic. */
function seenAs(
  name: string,
  servers: readonly BalancerServer[],
  looks: readonly Look[],
  context: StepContext,
): Seen {
  if (servers.length === 0) return 'none';
  const { address } = context.hostOf(name).ssh;
  const own = looks.flatMap(({ states, at }, index) => {
    const there = at({ address, port: servers[index]?.port ?? 0 });
    return there.length > 0 ? there : states.filter((state) => state.name === name);
  });
  return seenBy(own.filter(isInTraffic));
}
