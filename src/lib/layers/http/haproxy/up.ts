import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../../../run/step-handler.js';
import type { BalancerServer } from '../balancer-servers.js';
import { isHealthy, isUp, isWanted } from '../server-state.js';
import { longestCheckInterval } from './check-interval.js';
import { readBackendLines } from './process.js';
import { call, type Runtime } from './runtime-socket.js';
import { type HaproxyServer, readOwn } from './servers.js';

const UP_WITHIN_MS = 30_000;
/** The longest wait for the next check of a balancer. */
const MAX_INTERVAL_MS = 600_000;
const POLL_MS = 250;

/**
 * Waits until a balancer sees a server up: 30 s, or longer if its next check may come later.
 * @throws StepFailure if it is not up by then
 */
export async function waitUntilUp(runtime: Runtime, server: BalancerServer): Promise<void> {
  await waitUntil(runtime, server, async (own) => {
    if (own.some((each) => isUp(each) && isHealthy(each))) return true;
    await openServer(runtime, server, own);
    return false;
  });
}

/**
 * The same for a drained server: waits until a check of the balancer has passed.
 * @throws like waitUntilUp()
 */
export async function waitUntilHealthy(runtime: Runtime, server: BalancerServer): Promise<void> {
  await waitUntil(runtime, server, async (own) => own.some(isHealthy));
}

/**
 * Waits as long as waitUntilUp() does.
 * @throws like waitUntilUp()
 */
export async function waitUntil(
  runtime: Runtime,
  server: BalancerServer,
  isSo: (own: readonly HaproxyServer[]) => Promise<boolean>,
): Promise<void> {
  if (await isWithin(runtime, server, isSo, UP_WITHIN_MS)) return;
  const interval = longestCheckInterval(await readBackendLines(runtime), server.options);
  const moreMs = Math.min(interval, MAX_INTERVAL_MS);
  if (await isWithin(runtime, server, isSo, moreMs)) return;
  const seconds = Math.round((UP_WITHIN_MS + moreMs) / 1000);
  throw new StepFailure('unhealthy', `${server.balancer} does not see it up after ${seconds} s`);
}

async function isWithin(
  runtime: Runtime,
  server: BalancerServer,
  isSo: (own: readonly HaproxyServer[]) => Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await isSo(await readOwn(runtime, server))) return true;
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS, undefined, { signal: runtime.signal });
  }
}

/**
 * A server that is down is up after `rise` checks, which may take longer than a whole restart. Here the first check that
 * passes is enough, because the host has passed the health check of its application.
 */
async function openServer(
  runtime: Runtime,
  server: BalancerServer,
  own: readonly HaproxyServer[],
): Promise<void> {
  const closed = own.filter(
    (each) => isWanted(each) && !each.isRunning && each.isChecked && each.checkPassed,
  );
  for (const { name } of closed) await call(runtime, `set server ${server.backend}/${name} health up`);
}
