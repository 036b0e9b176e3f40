import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerServer } from '../../plan/action.js';
import { readOwn } from './match.js';
import { readPredecessors, readProcess } from './process.js';
import { call, fault, type Runtime } from './runtime-socket.js';
import { isDrained, isRunning, isWanted, type ServerState } from './server-state.js';
import { readStatistics } from './server-statistics.js';

const LEAVE_WITHIN_MS = 30_000;
const POLL_MS = 250;
/** How long requests of those who persist may take to end, once no more of them are sent. */
const PERSISTENT_MS = 2000;

/** Takes a server out for good: no new requests, the running ones end, then it is removed. Returns whether it was there. */
export async function leaveBackend(runtime: Runtime, server: BalancerServer): Promise<boolean> {
  if ((await readOwn(runtime, server)).length === 0) return false;
  await drainServer(runtime, server);
  await awaitDrained(runtime, server, LEAVE_WITHIN_MS);
  for (const own of await readOwn(runtime, server)) await remove(runtime, server.backend, own);
  const left = (await readOwn(runtime, server)).find(isWanted);
  if (left) throw fault(runtime.backend, `still has ${server.backend}/${left.name} in traffic`);
  return true;
}

/** A place that the configuration file keeps free is free again; any other server goes. */
async function remove(runtime: Runtime, backend: string, server: ServerState): Promise<void> {
  const id = `${backend}/${server.name}`;
  await call(runtime, `set server ${id} state maint`);
  await call(runtime, `shutdown sessions server ${id}`);
  await call(runtime, isOfFile(server) ? `set server ${id} addr 0.0.0.0` : `del server ${id}`);
}

/** `disabled` in the file: a free place that was filled. Whatever else the file has keeps its address. */
function isOfFile({ administrative }: ServerState): boolean {
  return (administrative & 0x04) !== 0;
}

/** Gives a server no new requests; it stays in its backend and is checked on. Returns whether it had any until now. */
export async function drainServer(runtime: Runtime, server: BalancerServer): Promise<boolean> {
  const wanted = (await readOwn(runtime, server)).filter(isWanted);
  if (wanted.length === 0) return false;
  for (const { name } of wanted) await call(runtime, `set server ${server.backend}/${name} state drain`);
  const still = (await readOwn(runtime, server)).find(isWanted);
  if (still) throw fault(runtime.backend, `still has ${server.backend}/${still.name} in traffic`);
  return true;
}

/**
 * Sends nobody there any more. DRAIN goes on for whom a cookie, a stick table or `use-server` sends to this server; to one
 * that is down nobody is sent (Configuration Manual, `cookie`, `stick match`, `use-server`). A health that is set lasts until
 * the checks of the balancer say otherwise, `rise` of them (Management Guide, 9.3, `set server`): so this comes right before
 * a stop. A server that is not checked, or tracks another, has no health of its own, and keeps those who persist.
 */
export async function closeServer(runtime: Runtime, server: BalancerServer): Promise<void> {
  const open = (await readOwn(runtime, server)).filter(
    (own) => isDrained(own) && isRunning(own) && own.isChecked,
  );
  for (const { name } of open) await call(runtime, `set server ${server.backend}/${name} health down`);
}

export interface Drained {
  /** Sessions that are still open; their stop cuts them. */
  readonly sessions: number;
  /** HAProxy was reloaded on the way and forgot that it was out, so often. */
  readonly again: number;
  /** A process that a reload replaced still ends requests of which nobody knows whose they are. */
  readonly isOldThere: boolean;
}

/**
 * Waits until a server that is out has no session, or the time is over, and closes it for those who persist. A reload of
 * HAProxy puts it back into traffic: then it is drained anew, and the sessions of the process before are waited for as well.
 * `close`: how it is closed.
 */
export async function awaitDrained(
  runtime: Runtime,
  server: BalancerServer,
  withinMs: number,
  close: (runtime: Runtime, server: BalancerServer) => Promise<void> = closeServer,
): Promise<Drained> {
  const startedAt = performance.now();
  let again = 0;
  // Another thread of HAProxy may just have picked the server: its session is seen only at the second look.
  for (let empty = 0; ; ) {
    if (await drainServer(runtime, server)) again++;
    const sessions = await currentSessions(runtime, server);
    const elapsedMs = performance.now() - startedAt;
    if (sessions === 0 || elapsedMs > withinMs) await close(runtime, server);
    const isOldThere = sessions === 0 && (await hasPredecessor(runtime, withinMs + elapsedMs));
    empty = sessions === 0 && !isOldThere ? empty + 1 : 0;
    if (empty === 2 || elapsedMs > withinMs + PERSISTENT_MS) return { sessions, again, isOldThere };
    await sleep(POLL_MS, undefined, { signal: runtime.signal });
  }
}

/** After a reload that is no longer ago than requests may take to end. */
async function hasPredecessor(runtime: Runtime, withinMs: number): Promise<boolean> {
  const process = await readProcess(runtime);
  if (process.uptimeS * 1000 > withinMs) return false;
  return ((await readPredecessors(runtime, process)) ?? []).length > 0;
}

async function currentSessions(runtime: Runtime, server: BalancerServer): Promise<number> {
  const own = await readOwn(runtime, server);
  const statistics = await readStatistics(runtime);
  return own.reduce((sum, { name }) => sum + (statistics.get(name)?.sessions ?? 0), 0);
}
