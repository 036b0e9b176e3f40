import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerServer } from '../../plan/plan.js';
import { StepFailure } from '../../run/step-handler.js';
import type { Session } from '../../ssh/transport.js';
import { type Backend, call, fault } from './runtime-socket.js';

const UP_WITHIN_MS = 30_000;
const DRAIN_WITHIN_MS = 30_000;
const POLL_MS = 250;
const SERVER_RUNNING = 2;
/** Of `administrative`: drained by a command, and nothing else. */
const FORCED_DRAIN = 0x08;

interface ServerState {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** 0 stopped, 1 starting, 2 running, 3 stopping. */
  readonly operational: number;
  /** A bit mask; 0 means that nobody has taken it out. */
  readonly administrative: number;
}

/** Puts a server into its backend and waits until the balancer itself sees it up. Returns whether anything changed. */
export async function joinBackend(
  session: Session,
  server: BalancerServer,
  signal: AbortSignal,
): Promise<boolean> {
  const before = await readServer(session, server);
  if (before && (before.address !== server.address || before.port !== server.port))
    throw fault(
      server,
      `has another server ${server.name} in backend ${server.backend}: ${before.address}:${before.port}`,
    );
  const id = `${server.backend}/${server.name}`;
  const alreadyIn = before?.administrative === 0;
  if (!before) await addServer(session, server, id);
  if (!alreadyIn) {
    await call(session, server, `enable health ${id}`);
    await call(session, server, `set server ${id} state ready`);
  }
  await waitUntilUp(session, server, signal);
  return !alreadyIn;
}

/** Takes a server out: no new requests, the running ones end, then it is removed. Returns whether it was there. */
export async function leaveBackend(
  session: Session,
  server: BalancerServer,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await readServer(session, server))) return false;
  const id = `${server.backend}/${server.name}`;
  await call(session, server, `set server ${id} state drain`);
  const deadline = performance.now() + DRAIN_WITHIN_MS;
  while ((await currentSessions(session, server)) > 0 && performance.now() < deadline)
    await sleep(POLL_MS, undefined, { signal });
  await call(session, server, `set server ${id} state maint`);
  await call(session, server, `shutdown sessions server ${id}`);
  // A server of the configuration file cannot be deleted at run time; it stays in maintenance, out of traffic.
  await call(session, server, `del server ${id}`);
  const left = await readServer(session, server);
  if (left?.administrative === 0) throw fault(server, `still has ${id} in traffic`);
  return true;
}

/** Gives a server no new requests; it stays in its backend and is checked on. Returns whether it had any until now. */
export async function drainServer(session: Session, server: BalancerServer): Promise<boolean> {
  if ((await readServer(session, server))?.administrative !== 0) return false;
  const id = `${server.backend}/${server.name}`;
  await call(session, server, `set server ${id} state drain`);
  if ((await readServer(session, server))?.administrative === 0)
    throw fault(server, `still has ${id} in traffic`);
  return true;
}

/** Waits until a server has no session, or the time is over. @returns how many are left then */
export async function awaitNoSessions(
  session: Session,
  server: BalancerServer,
  withinMs: number,
  signal: AbortSignal,
): Promise<number> {
  const deadline = performance.now() + withinMs;
  // Another thread of HAProxy may just have picked the server: its session is seen only at the second look.
  for (let empty = 0; ; ) {
    const sessions = await currentSessions(session, server);
    empty = sessions === 0 ? empty + 1 : 0;
    if (empty === 2) return 0;
    if (performance.now() > deadline) return sessions;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Servers of a backend by what was said to it of them, whether or not they are up. */
export interface ServersWanted {
  /** Those that nobody has taken out. */
  readonly wanted: ReadonlySet<string>;
  /** Those that were taken out to end their requests, as a restart does, and in no other way. */
  readonly drained: ReadonlySet<string>;
}

export async function readServersWanted(session: Session, server: Backend): Promise<ServersWanted> {
  const servers = await readServers(session, server);
  const withMask = (mask: number) =>
    new Set(servers.filter(({ administrative }) => administrative === mask).map(({ name }) => name));
  return { wanted: withMask(0), drained: withMask(FORCED_DRAIN) };
}

/** Names of the servers of a backend that get requests now. `server` names balancer and backend. */
export async function readServersInTraffic(session: Session, server: Backend): Promise<ReadonlySet<string>> {
  const serving = (await readServers(session, server)).filter(
    ({ operational, administrative }) => operational === SERVER_RUNNING && administrative === 0,
  );
  return new Set(serving.map(({ name }) => name));
}

/**
 * How many requests each server of a backend has got since the balancer started (connections, in TCP mode), and whether
 * it gets them now. `server` names balancer and backend.
 */
export async function readServerLoads(
  session: Session,
  server: BalancerServer,
): Promise<ReadonlyMap<string, ServerLoad>> {
  const rows = await readStatistics(session, server);
  const loads = rows.map(({ svname = '', stot, status = '' }): [string, ServerLoad] => [
    svname,
    { requests: Number(stot), inTraffic: /^(UP|no check)/.test(status) },
  ]);
  return new Map(loads.filter(([name, { requests }]) => name !== '' && Number.isSafeInteger(requests)));
}

export interface ServerLoad {
  readonly requests: number;
  readonly inTraffic: boolean;
}

async function addServer(session: Session, server: BalancerServer, id: string): Promise<void> {
  const line = `add server ${id} ${server.address}:${server.port} check inter 1s fall 2 rise 2`;
  const answer = await call(session, server, line);
  // Another controller may have added it in this instant; what counts is that it is there.
  if (!(await readServer(session, server))) throw fault(server, `did not take ${id}: ${answer.trim()}`);
}

async function waitUntilUp(session: Session, server: BalancerServer, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + UP_WITHIN_MS;
  while ((await readServer(session, server))?.operational !== SERVER_RUNNING) {
    if (performance.now() > deadline)
      throw new StepFailure(
        'unhealthy',
        `${server.balancer} does not see it up after ${UP_WITHIN_MS / 1000} s`,
      );
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function readServer(session: Session, server: BalancerServer): Promise<ServerState | undefined> {
  return (await readServers(session, server)).find(({ name }) => name === server.name);
}

async function readServers(session: Session, server: Backend): Promise<readonly ServerState[]> {
  const answer = await call(session, server, `show servers state ${server.backend}`);
  const rows = answer.split('\n').map((line) => line.trim().split(' '));
  const head = rows.find((row) => row[0] === '#')?.slice(1);
  if (!head) throw fault(server, `has no backend ${server.backend}: ${answer.trim()}`);
  const field = (row: readonly string[], name: string) => row[head.indexOf(name)] ?? '';
  return rows
    .filter((row) => row[0] !== '#' && field(row, 'srv_name') !== '')
    .map((row) => ({
      name: field(row, 'srv_name'),
      address: field(row, 'srv_addr'),
      port: Number(field(row, 'srv_port')),
      operational: Number(field(row, 'srv_op_state')),
      administrative: Number(field(row, 'srv_admin_state')),
    }));
}

async function currentSessions(session: Session, server: BalancerServer): Promise<number> {
  const rows = await readStatistics(session, server);
  return Number(rows.find(({ svname }) => svname === server.name)?.scur) || 0;
}

/** The servers' rows of `show stat`, by the names of its columns. */
async function readStatistics(
  session: Session,
  server: BalancerServer,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const answer = await call(session, server, `show stat ${server.backend} 4 -1`);
  const [head = [], ...rows] = answer.split('\n').map((line) => line.replace(/^# /, '').split(','));
  return rows.map((row) => Object.fromEntries(head.map((name, column) => [name, row[column] ?? ''])));
}
