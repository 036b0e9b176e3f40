import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer, OpenRequests, ReadBalancer } from './balancer.js';
import type { BalancerServer } from './balancer-servers.js';
import { fault } from './fault.js';
import { ownServers } from './match.js';
import { isWanted, type ServerState } from './server-state.js';

const LEAVE_WITHIN_MS = 30_000;
const POLL_MS = 250;
/** How long requests of persistent sessions may take to end, after no more of them are sent. */
const PERSISTENT_MS = 2000;

export interface Drained {
  /** Sessions that are still open; the stop of the server cuts them. Null: the balancer does not report them. */
  readonly sessions: number | null;
  /** How many times a reload of the balancer forgot meanwhile that the server was out. */
  readonly again: number;
  /** A process that a reload replaced still handles requests, and cannot tell which servers they belong to. */
  readonly isOldThere: boolean;
}

/**
 * Waits until a server that is out has no session, or the time is over, then closes it for persistent sessions. A reload of
 * the balancer may put it back into traffic: then it is drained again, and the wait includes the sessions of the replaced
 * process. If a balancer does not report sessions, the whole time is waited. `end`: how the server is closed: for the stop
 * that follows, or without a time limit.
 */
export async function awaitDrained(
  balancer: Balancer,
  server: BalancerServer,
  withinMs: number,
  { end = 'close', signal }: { end?: 'close' | 'shut'; signal?: AbortSignal | undefined } = {},
): Promise<Drained> {
  const counts = balancer.can.has('counts-open-requests');
  const startedAt = performance.now();
  let again = 0;
  // Another thread of the balancer may just have picked the server: its session shows only at the second look.
  for (let empty = 0; ; ) {
    if (await balancer.drain(server)) again++;
    const elapsedMs = performance.now() - startedAt;
    const open = counts ? await balancer.readOpenRequests(server, withinMs + elapsedMs) : undefined;
    const { sessions, isOldThere }: OpenRequests = open ?? { sessions: 1, isOldThere: false };
    if (sessions === 0 || elapsedMs > withinMs) await balancer[end](server);
    empty = sessions === 0 && !isOldThere ? empty + 1 : 0;
    if (empty === 2 || elapsedMs > withinMs + PERSISTENT_MS)
      return { sessions: open === undefined ? null : sessions, again, isOldThere };
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Removes a server for good: no new requests, the open ones end, then it is removed. Returns whether it was there. */
export async function leave(
  balancer: Balancer,
  server: BalancerServer,
  { withinMs = LEAVE_WITHIN_MS, signal }: { withinMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<boolean> {
  if ((await readOwn(balancer, server)).length === 0) return false;
  await balancer.drain(server);
  await awaitDrained(balancer, server, withinMs, { signal });
  await balancer.remove(server);
  const left = (await readOwn(balancer, server)).find(isWanted);
  if (left) throw fault(balancer.backend, `still has ${server.backend}/${left.name} in traffic`);
  return true;
}

/**
 * The servers of a step, as they are now.
 * @throws StepFailure of the balancer if another host has the name in the step
 */
export async function readOwn(
  balancer: ReadBalancer,
  server: BalancerServer,
): Promise<readonly ServerState[]> {
  return ownServers(await balancer.readServers(), server, balancer.backend);
}
