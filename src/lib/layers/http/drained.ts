import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer, OpenRequests, ReadBalancer } from './balancer.js';
import type { BalancerServer } from './balancer-servers.js';
import { fault } from './fault.js';
import { ownServers } from './match.js';
import { isWanted, type ServerState } from './server-state.js';

const LEAVE_WITHIN_MS = 30_000;
const POLL_MS = 250;
/** How long requests of those who persist may take to end, once no more of them are sent. */
const PERSISTENT_MS = 2000;

export interface Drained {
  /** Sessions that are still open; their stop cuts them. Null: the balancer does not tell. */
  readonly sessions: number | null;
  /** The balancer was reloaded on the way and forgot that it was out, so often. */
  readonly again: number;
  /** A process that a reload replaced still ends requests of which nobody knows whose they are. */
  readonly isOldThere: boolean;
}

/**
 * Waits until a server that is out has no session, or the time is over, and closes it for those who persist. A reload of
 * the balancer may put it back into traffic: then it is drained anew, and the sessions of the process before are waited for as
 * well. Where a balancer does not tell of sessions the time is waited in full.
 * `end`: how it is closed: until the stop that comes, or for as long as it takes.
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
  // Another thread of the balancer may just have picked the server: its session is seen only at the second look.
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

/** Takes a server out for good: no new requests, the running ones end, then it is removed. Returns whether it was there. */
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
 * The servers that a step is about, as they are now.
 * @throws StepFailure of the balancer where another host has the name that the step knows
 */
export async function readOwn(
  balancer: ReadBalancer,
  server: BalancerServer,
): Promise<readonly ServerState[]> {
  return ownServers(await balancer.readServers(), server, balancer.backend);
}
