import { setTimeout as sleep } from 'node:timers/promises';
import { fold } from '../../inventory/fold.js';
import { expandNodeSet } from '../../inventory/nodeset.js';
import { readServersInTraffic } from '../../layers/http/haproxy.js';
import type { BalancerServer, CapacityFloor } from '../../plan/plan.js';
import { Semaphore } from '../../run/semaphore.js';
import { type StepContext, StepFailure } from '../../run/step-handler.js';
import { isHealthy } from '../health-check.js';

const POLL_MS = 1000;
/** So long a count serves those who wait to go: all of a batch, or of a window that moves in step. */
const FRESH_MS = 1000;

interface Count {
  readonly at: number;
  /** Members that served then, but for those that have gone since. */
  readonly serving: Set<string>;
}

/** Lets hosts out of service one at a time, each only while enough others serve. One for an operation. */
export class FloorGuard {
  readonly #turn = new Semaphore(1);
  /** Who waited for the floor in vain once need not wait again: what others do not mend is said at once. */
  #patient = true;
  /** The last count, by the members that were asked. */
  readonly #counts = new Map<string, Count>();

  /**
   * Runs `go`, which takes the host of the lane out of service, when the floor holds without that host. Nobody else leaves
   * between count and `go`. One count lets go as many as it allows within a second: a group of a thousand is not asked
   * anew for each of fifty that go together. A host that does not serve costs nothing and goes.
   * @throws {StepFailure} when the others do not come back in time
   */
  async pass<T>(
    floor: CapacityFloor,
    server: BalancerServer | undefined,
    context: StepContext,
    go: () => Promise<T>,
  ): Promise<T> {
    return await this.#turn.run(async () => {
      const deadline = performance.now() + (this.#patient ? floor.withinMs : 0);
      const members = expandNodeSet(floor.members);
      const { name } = context.host;
      const mayGo = (serving: ReadonlySet<string>) => !serving.has(name) || serving.size > floor.least;
      let serving = this.#lately(floor);
      for (;;) {
        if (serving === undefined || !mayGo(serving)) {
          serving = await readServing(members, floor, server, context);
          this.#counts.set(floor.members, { at: performance.now(), serving });
        }
        if (mayGo(serving)) {
          serving.delete(name);
          return await go();
        }
        if (performance.now() > deadline) {
          this.#patient = false;
          throw tooFew(members, serving, floor);
        }
        await sleep(POLL_MS, undefined, { signal: context.signal });
      }
    });
  }

  #lately({ members }: CapacityFloor): Set<string> | undefined {
    const count = this.#counts.get(members);
    return count !== undefined && performance.now() - count.at < FRESH_MS ? count.serving : undefined;
  }
}

/** Members that are in traffic, by the balancer itself, and healthy, by the application itself. */
async function readServing(
  members: readonly string[],
  { check, unit }: CapacityFloor,
  server: BalancerServer | undefined,
  context: StepContext,
): Promise<Set<string>> {
  const inTraffic = server && (await readServersInTraffic(await context.sessionOf(server.balancer), server));
  const candidates = members.filter((name) => inTraffic?.has(name) ?? true);
  const healthy = await Promise.all(
    candidates.map((name) =>
      isHealthy(() => context.sessionOf(name), context.hostOf(name), { check, unit }, context.signal),
    ),
  );
  context.signal.throwIfAborted();
  return new Set(candidates.filter((_, index) => healthy[index]));
}

/** The host that may not leave is not to blame: those are that do not serve. */
function tooFew(
  members: readonly string[],
  serving: ReadonlySet<string>,
  { least }: CapacityFloor,
): StepFailure {
  const missing = fold(members.filter((name) => !serving.has(name)));
  return new StepFailure(
    'failed',
    `not taken out: ${serving.size} of ${members.length} hosts serve, without it ${least} must (--keep); out or unhealthy: ${missing}`,
    missing,
  );
}
