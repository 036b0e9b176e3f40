import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { fold } from '../names/fold.js';
import { expandNodeSet } from '../names/nodeset.js';
import { Semaphore } from '../run/semaphore.js';
import { type StepContext, StepFailure } from '../run/step-handler.js';
import type { CapacityFloor } from './actions.js';
import { readServing, type Serving } from './read-serving.js';

const POLL_MS = 1000;
/** So long a count serves those who wait to go: all of a batch, or of a window that moves in step. */
const FRESH_MS = 1000;

interface Count extends Serving {
  readonly at: number;
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
   * anew for each of fifty that go together. A host of which nothing is lost goes.
   * `servers`: the host's places in traffic; none where there is no balancer.
   * @throws {StepFailure} when the others do not come back in time, or a balancer cannot be asked
   */
  async pass<T>(
    floor: CapacityFloor,
    servers: readonly BalancerServer[],
    context: StepContext,
    go: () => Promise<T>,
  ): Promise<T> {
    return await this.#turn.run(async () => {
      const deadline = performance.now() + (this.#patient ? floor.withinMs : 0);
      const members = expandNodeSet(floor.members);
      const { name } = context.host;
      let count = this.#lately(floor);
      for (;;) {
        if (count === undefined || !mayGo(name, count, floor)) {
          count = { ...(await readServing(members, floor, servers, context)), at: performance.now() };
          this.#counts.set(floor.members, count);
        }
        if (mayGo(name, count, floor)) {
          count.costs.delete(name);
          count.counts.delete(name);
          return await go();
        }
        if (performance.now() > deadline) {
          this.#patient = false;
          throw tooFew(members, count, floor);
        }
        await sleep(POLL_MS, undefined, { signal: context.signal });
      }
    });
  }

  #lately({ members }: CapacityFloor): Count | undefined {
    const count = this.#counts.get(members);
    return count !== undefined && performance.now() - count.at < FRESH_MS ? count : undefined;
  }
}

function mayGo(name: string, { costs, counts }: Serving, { least }: CapacityFloor): boolean {
  if (!costs.has(name)) return true;
  return counts.size - (counts.has(name) ? 1 : 0) >= least;
}

/** The host that may not leave is not to blame: those are that do not serve. */
function tooFew(
  members: readonly string[],
  { counts, unknown }: Serving,
  { least }: CapacityFloor,
): StepFailure {
  const names = members.filter((name) => !counts.has(name));
  const missing = fold(names);
  const [reason] = names.flatMap((name) => unknown.get(name) ?? []);
  const why = reason === undefined ? '' : `; could not be asked: ${reason}`;
  return new StepFailure(
    'failed',
    `not taken out: ${counts.size} of ${members.length} hosts serve, without it ${least} must (--keep); out or unhealthy: ${missing}${why}`,
    missing,
  );
}
