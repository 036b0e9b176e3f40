import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerServer } from '../layers/http/balancer-servers.js';
import { fold } from '../names/fold.js';
import { expandNodeSet } from '../names/nodeset.js';
import { Semaphore } from '../run/semaphore.js';
import { type StepContext, StepFailure } from '../run/step-handler.js';
import type { CapacityFloor } from './actions.js';
import { readServing, type Serving } from './read-serving.js';

const POLL_MS = 1000;
/** How long one count may be used for all hosts waiting to leave: a whole batch, or a window that moves in step. */
const FRESH_MS = 1000;

interface Count extends Serving {
  readonly at: number;
}

/** Lets hosts leave service one at a time, each only if enough others serve. One guard for each operation. */
export class FloorGuard {
  readonly #turn = new Semaphore(1);
  /** False after one wait for the floor has failed. Later hosts then fail at once, because the other hosts are not recovering. */
  #patient = true;
  /** The last count, by the node set of the members. */
  readonly #counts = new Map<string, Count>();

  /**
   * Runs `go`, which takes the host of the lane out of service, if the floor holds without that host. No other host leaves
   * between count and `go`. For one second a count allows as many hosts as the floor does: the hosts of a group of a thousand
   * are not asked again for each of fifty that leave together. A host that adds no capacity may always leave.
   * `servers`: the host's places in traffic; none if there is no balancer.
   * @throws {StepFailure} if the others do not come back in time, or a balancer cannot be asked
   */
  async pass<T>(
    floor: CapacityFloor,
    servers: readonly BalancerServer[],
    context: StepContext,
    go: () => Promise<T>,
  ): Promise<T> {
    return await this.#turn.run(async () => {
      const withinMs = this.#patient ? floor.withinMs : 0;
      const deadline = performance.now() + withinMs;
      const members = expandNodeSet(floor.members);
      const { name } = context.host;
      let count = this.#lately(floor);
      let told = '';
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
        const words = waitWords(members, count, floor);
        if (withinMs > 0 && words !== told) context.waitsFor(words);
        told = words;
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

/** Who is out, what the floor is, and what ends the wait. */
function waitWords(
  members: readonly string[],
  { counts }: Serving,
  { least, withinMs }: CapacityFloor,
): string {
  const missing = fold(members.filter((name) => !counts.has(name)));
  return `${counts.size} of ${members.length} hosts serve, and ${least} must serve without this one (--keep): waits until ${missing} serve again, at most ${Math.ceil(withinMs / 1000)} s`;
}

/** The host that may not leave is not at fault: the hosts that do not serve are. */
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
    `not taken out: ${counts.size} of ${members.length} hosts serve, and ${least} must serve without this one (--keep); out or unhealthy: ${missing}${why}`,
    missing,
  );
}
