import type { OpenRequests } from '../balancer.js';
import type { BalancerServer } from '../balancer-servers.js';
import { fault } from '../fault.js';
import { isDrained, isWanted } from '../server-state.js';
import { readPredecessors, readProcess } from './process.js';
import { call, type ReadRuntime, type Runtime } from './runtime-socket.js';
import { type HaproxyServer, readOwn } from './servers.js';
import { readStatistics } from './statistics.js';

/** Stops new requests to a server; it stays in its backend and is still checked. Returns whether it could get any until now. */
export async function drainServer(runtime: Runtime, server: BalancerServer): Promise<boolean> {
  const wanted = (await readOwn(runtime, server)).filter(isWanted);
  if (wanted.length === 0) return false;
  for (const { name } of wanted) await call(runtime, `set server ${server.backend}/${name} state drain`);
  const still = (await readOwn(runtime, server)).find(isWanted);
  if (still) throw fault(runtime.backend, `still has ${server.backend}/${still.name} in traffic`);
  return true;
}

/**
 * Stops all requests to a server. A drained server (DRAIN) still gets requests that a cookie, a stick table or `use-server`
 * sends to it; a server that is down gets none (Configuration Manual, `cookie`, `stick match`, `use-server`). So its health
 * is set to down. That lasts until `rise` checks of the balancer pass (Management Guide, 9.3, `set server`), so this comes
 * right before a stop. A server without checks, or one that tracks another, has no health of its own and keeps its persistent
 * sessions.
 */
export async function closeServer(runtime: Runtime, server: BalancerServer): Promise<void> {
  const open = (await readOwn(runtime, server)).filter(
    (own) => isDrained(own) && own.isRunning && own.isChecked,
  );
  for (const { name } of open) await call(runtime, `set server ${server.backend}/${name} health down`);
}

/** Removes a server. A place that the configuration file keeps free becomes free again; any other server is deleted. */
export async function removeServer(runtime: Runtime, server: BalancerServer): Promise<void> {
  for (const own of await readOwn(runtime, server)) await remove(runtime, server.backend, own);
}

// A server in the file without `disabled` keeps its address: HAProxy does not delete it.
async function remove(runtime: Runtime, backend: string, { name, isOfFile }: HaproxyServer): Promise<void> {
  const id = `${backend}/${name}`;
  await call(runtime, `set server ${id} state maint`);
  await call(runtime, `shutdown sessions server ${id}`);
  await call(runtime, isOfFile ? `set server ${id} addr 0.0.0.0` : `del server ${id}`);
}

/** The sessions of a server, and whether a process that a reload replaced within that time still has some. */
export async function readOpenRequests(
  runtime: ReadRuntime,
  server: BalancerServer,
  replacedWithinMs: number,
): Promise<OpenRequests> {
  const sessions = await currentSessions(runtime, server);
  return { sessions, isOldThere: sessions === 0 && (await hasPredecessor(runtime, replacedWithinMs)) };
}

/** Only if the last reload was not longer ago than requests may take to end. */
async function hasPredecessor(runtime: ReadRuntime, withinMs: number): Promise<boolean> {
  const process = await readProcess(runtime);
  if (process.uptimeS * 1000 > withinMs) return false;
  return ((await readPredecessors(runtime, process)) ?? []).length > 0;
}

async function currentSessions(runtime: ReadRuntime, server: BalancerServer): Promise<number> {
  const own = await readOwn(runtime, server);
  const statistics = await readStatistics(runtime);
  return own.reduce((sum, { name }) => sum + (statistics.get(name)?.sessions ?? 0), 0);
}
