import type { OpenRequests } from '../balancer.js';
import type { BalancerServer } from '../balancer-servers.js';
import { fault } from '../fault.js';
import { isDrained, isWanted } from '../server-state.js';
import { readPredecessors, readProcess } from './process.js';
import { call, type ReadRuntime, type Runtime } from './runtime-socket.js';
import { type HaproxyServer, readOwn } from './servers.js';
import { readStatistics } from './statistics.js';

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
    (own) => isDrained(own) && own.isRunning && own.isChecked,
  );
  for (const { name } of open) await call(runtime, `set server ${server.backend}/${name} health down`);
}

/** Forgets a server: a place that the configuration file keeps free is free again; any other goes. */
export async function removeServer(runtime: Runtime, server: BalancerServer): Promise<void> {
  for (const own of await readOwn(runtime, server)) await remove(runtime, server.backend, own);
}

// What the file has without `disabled` keeps its address: HAProxy does not delete it.
async function remove(runtime: Runtime, backend: string, { name, isOfFile }: HaproxyServer): Promise<void> {
  const id = `${backend}/${name}`;
  await call(runtime, `set server ${id} state maint`);
  await call(runtime, `shutdown sessions server ${id}`);
  await call(runtime, isOfFile ? `set server ${id} addr 0.0.0.0` : `del server ${id}`);
}

/** Its sessions, and whether a process that a reload replaced within that time still has some of its own. */
export async function readOpenRequests(
  runtime: ReadRuntime,
  server: BalancerServer,
  replacedWithinMs: number,
): Promise<OpenRequests> {
  const sessions = await currentSessions(runtime, server);
  return { sessions, isOldThere: sessions === 0 && (await hasPredecessor(runtime, replacedWithinMs)) };
}

/** After a reload that is no longer ago than requests may take to end. */
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
