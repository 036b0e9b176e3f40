import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { balancerOf } from '../layers/http/everywhere.js';
import { isWanted } from '../layers/http/server-state.js';
import { isSameAddress } from '../names/addresses.js';
import type { StepContext } from '../run/step-handler.js';

type WatchContext = Pick<StepContext, 'sessionOf' | 'signal'>;

const LOOK_EVERY_MS = 200;

/** How often a server was taken out again. */
interface Count {
  again: number;
}

/** A backend that is watched, and its servers that must stay out. */
interface Watch {
  readonly servers: Map<BalancerServer, Count>;
  /** The look that is in progress. */
  look: Promise<void>;
}

/**
 * Keeps hosts out of traffic while they are down. A balancer that reloads forgets drained servers. It takes every server for
 * up until its own checks fail, and so sends requests to hosts where no service listens. One watch for each backend covers
 * all its hosts that are out. One object for each operation.
 */
export class OutOfTraffic {
  readonly #watches = new Map<string, Watch>();

  /**
   * Runs `work` and watches meanwhile. No server is drained after `work` has ended.
   * @returns the result of `work`, and how often a server was taken out again
   */
  async during<T>(
    servers: readonly BalancerServer[],
    context: WatchContext,
    work: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly again: number }> {
    const counts = servers.map((): Count => ({ again: 0 }));
    const watches = servers.map((server, index) =>
      this.#begin(server, counts[index] ?? { again: 0 }, context),
    );
    let result: T;
    try {
      result = await work();
    } finally {
      for (const [index, server] of servers.entries()) watches[index]?.servers.delete(server);
      // A look that started while the server was still listed must end before the server joins again.
      await Promise.all(watches.map(({ look }) => look));
    }
    return { result, again: counts.reduce((sum, { again }) => sum + again, 0) };
  }

  #begin(server: BalancerServer, count: Count, context: WatchContext): Watch {
    const { balancer, control, backend } = server;
    const key = JSON.stringify([balancer, control, backend]);
    const known = this.#watches.get(key);
    if (known) {
      known.servers.set(server, count);
      return known;
    }
    const watch: Watch = { servers: new Map([[server, count]]), look: Promise.resolve() };
    this.#watches.set(key, watch);
    void this.#keepLooking(key, watch, server, context);
    return watch;
  }

  async #keepLooking(key: string, watch: Watch, at: BalancerServer, context: WatchContext): Promise<void> {
    while (watch.servers.size > 0 && !context.signal.aborted) {
      watch.look = look(watch, at, context);
      await watch.look;
      await sleep(LOOK_EVERY_MS);
    }
    // A caller that arrived during the last sleep has found this watch and relies on it.
    this.#watches.delete(key);
  }
}

/** A balancer that cannot be asked now, for example during its restart, is asked again. If that lasts, the join reports it. */
async function look({ servers }: Watch, at: BalancerServer, context: WatchContext): Promise<void> {
  try {
    const balancer = await balancerOf(at, context);
    const wanted = (await balancer.readServers()).filter(isWanted);
    for (const [server, count] of [...servers].filter(([each]) =>
      wanted.some((state) => isAt(state, each)),
    )) {
      // If its work has ended meanwhile, the server joins next.
      if (!servers.has(server) || !(await balancer.drain(server))) continue;
      count.again++;
      await balancer.close(server);
    }
  } catch {}
}

function isAt(one: Pick<BalancerServer, 'address' | 'port'>, other: BalancerServer): boolean {
  return one.port === other.port && isSameAddress(one.address, other.address);
}
