import { Semaphore } from '../../../run/semaphore.js';
import type { Session } from '../../../ssh/transport.js';
import type { JoinOutcome } from '../balancer.js';
import type { BalancerServer } from '../balancer-servers.js';
import { fault } from '../fault.js';
import { placeOf } from '../match.js';
import { isDrained, isWanted } from '../server-state.js';
import { type JoinOptions, optionsOfNeighbours } from './neighbours.js';
import { readBackendLines } from './process.js';
import { call, type ReadRuntime, type Runtime } from './runtime-socket.js';
import { type HaproxyServer, isHalfAdded, readOwn, readServers } from './servers.js';
import { readStatistics } from './statistics.js';
import { waitUntilHealthy, waitUntilUp } from './up.js';

/**
 * Adds a server to its backend, drained: the balancer checks its health and sends it no requests. A server that is already
 * there and gets requests stays as it is. A server that was taken out before is drained as well, because the plan brings it
 * in: later changes by others can then be told apart. Returns whether anything was changed.
 */
export async function enrolBackend(runtime: Runtime, server: BalancerServer): Promise<boolean> {
  const isNew = await makeKnown(runtime, server);
  const out = (await readOwn(runtime, server)).filter((each) => !isWanted(each) && !isDrained(each));
  for (const { name } of out) await call(runtime, `set server ${server.backend}/${name} state drain`);
  return isNew || out.length > 0;
}

/** Returns whether it was unknown, or only partly added. */
async function makeKnown(runtime: Runtime, server: BalancerServer): Promise<boolean> {
  const there = await readOwn(runtime, server);
  const half = there.filter(isHalfAdded);
  if (there.length === 0) await addServer(runtime, server);
  else if (half.length === 0) return false;
  else {
    const options = await readJoinOptions(runtime, server);
    for (const { name } of half) await setGoing(runtime, `${server.backend}/${name}`, options);
  }
  return true;
}

/**
 * Lets a server get requests, once the balancer itself has seen it healthy; an unknown server is added. What others did to it
 * meanwhile, such as maintenance, stays. `back`: the server left for a while, and was healthy before.
 */
export async function joinBackend(
  runtime: Runtime,
  server: BalancerServer,
  intent: 'in' | 'back',
): Promise<JoinOutcome> {
  const isNew = await makeKnown(runtime, server);
  const before = await readOwn(runtime, server);
  const out = before.filter((each) => !isWanted(each));
  const ours = out.filter(isDrained);
  // With wrong options, for example for TLS, requests would fail until the first check does.
  const awaitsCheck = (isNew || intent === 'in') && ours.length > 0;
  if (awaitsCheck) await waitUntilHealthy(runtime, server);
  for (const { name } of ours) await call(runtime, `set server ${server.backend}/${name} state ready`);
  const left = out.filter((each) => !ours.includes(each)).map(({ name }) => name);
  if (left.length < before.length) await waitUntilUp(runtime, server);
  if (awaitsCheck) await requireWeight(runtime, server);
  const names = left.join(', ');
  const message =
    left.length === 0 ? '' : `${names} stays out at ${server.balancer}, where somebody else took it out`;
  return { changed: isNew || ours.length > 0, message };
}

/** How a server would be added: read at planning, and again when it is added. */
export async function readJoinOptions(runtime: ReadRuntime, server: BalancerServer): Promise<JoinOptions> {
  if (server.options !== undefined) return { words: server.options, notes: [] };
  const [servers, statistics, lines] = await Promise.all([
    readServers(runtime),
    readStatistics(runtime),
    readBackendLines(runtime),
  ]);
  if (servers.some(({ isFree }) => isFree)) return { words: '', notes: [] };
  return optionsOfNeighbours({ servers, statistics, lines }, server.port);
}

/** An added server must not have weight 0, as a free place of the configuration file may have: it would get no requests. */
async function requireWeight(runtime: ReadRuntime, server: BalancerServer): Promise<void> {
  if ((await readOwn(runtime, server)).some(({ weight }) => weight > 0)) return;
  throw fault(runtime.backend, `gives ${server.name} a weight of 0, with which it gets no request`);
}

const places = new WeakMap<Session, Semaphore>();

/** One at a time at each balancer: two servers that join at once must not use the same free place. */
async function addServer(runtime: Runtime, server: BalancerServer): Promise<void> {
  const turn = places.get(runtime.session) ?? new Semaphore(1);
  places.set(runtime.session, turn);
  await turn.run(async () => {
    const slot = (await readServers(runtime)).find(({ isFree }) => isFree);
    const answer = slot ? await fillSlot(runtime, server, slot) : await addDynamic(runtime, server);
    // Another controller may have added it just now; it is enough that it is there.
    if ((await readOwn(runtime, server)).length > 0) return;
    const where = `${server.backend}/${slot?.name ?? server.name} at ${placeOf(server)}`;
    throw fault(runtime.backend, `did not take ${where}: ${JSON.stringify(answer.trim())}`);
  });
}

async function fillSlot(runtime: Runtime, { backend, address, port }: BalancerServer, slot: HaproxyServer) {
  const id = `${backend}/${slot.name}`;
  const answer = await call(runtime, `set server ${id} addr ${address} port ${port}`);
  await call(runtime, `set server ${id} state drain`);
  return answer;
}

async function addDynamic(runtime: Runtime, server: BalancerServer): Promise<string> {
  const options = await readJoinOptions(runtime, server);
  if ('refusal' in options)
    throw fault(runtime.backend, `takes no new server in ${server.backend}: ${options.refusal}`);
  const id = `${server.backend}/${server.name}`;
  const answer = await call(runtime, `add server ${id} ${placeOf(server)} ${options.words}`.trim());
  await setGoing(runtime, id, options);
  return answer;
}

/**
 * The steps that HAProxy takes for a server of its file, but not for an added one; until the last command it is in
 * maintenance.
 */
async function setGoing(runtime: Runtime, id: string, options: JoinOptions): Promise<void> {
  const { words, hasDynamicCookies } =
    'refusal' in options ? { words: 'check', hasDynamicCookies: false } : options;
  // HAProxy makes cookies at its start and at this command: without one, the server's answers would delete the users'
  // cookies.
  if (hasDynamicCookies) await call(runtime, `enable dynamic-cookie backend ${runtime.backend.backend}`);
  if (/(^| )check( |$)/.test(words)) await call(runtime, `enable health ${id}`);
  await call(runtime, `set server ${id} state drain`);
}
