import { type BalancerServer, serversOf } from '../layers/http/balancer-servers.js';
import { awaitDrained, type Drained } from '../layers/http/drained.js';
import { atEach } from '../layers/http/everywhere.js';
import { type StepContext, StepFailure, type StepHandler, type StepOutcome } from '../run/step-handler.js';
import type { DrainAction } from './actions.js';

/** Waits until the requests that a host has are answered, up to a deadline. */
export const drainHandler: StepHandler<DrainAction> = {
  async apply(action, context) {
    const { withinMs, shuts = false } = action;
    if (shuts) return await shutAtAll(serversOf(action), withinMs, context);
    return { changed: false, message: await drainAtAll(serversOf(action), withinMs, context) };
  },
};

/**
 * For maintenance: after it the operator relies on the host getting no requests.
 * @throws StepFailure if requests are left; the host is out all the same, and a resume continues to wait
 */
async function shutAtAll(
  servers: readonly BalancerServer[],
  withinMs: number,
  context: StepContext,
): Promise<StepOutcome> {
  const { signal } = context;
  const ends = await atEach(servers, context, (balancer, server) =>
    awaitDrained(balancer, server, withinMs, { end: 'shut', signal }),
  );
  const left = leftOver(ends, withinMs, { sessions: 'and no new one comes', old: 'may be among them' });
  if (left.length > 0) throw new StepFailure('failed', left.join('; '));
  return { changed: true, message: [...uncounted(ends, withinMs), ...forgotten(ends)].join('; ') };
}

/** @returns what an operator should know of it; empty if all requests ended */
async function drainAtAll(
  servers: readonly BalancerServer[],
  withinMs: number,
  context: StepContext,
): Promise<string> {
  const { signal } = context;
  const ends = await atEach(servers, context, (balancer, server) =>
    awaitDrained(balancer, server, withinMs, { signal }),
  );
  return [...leftOver(ends, withinMs), ...uncounted(ends, withinMs), ...forgotten(ends)].join('; ');
}

/**
 * Right before a stop: a host that a balancer has put back into traffic is drained again; for the others there is no wait.
 * All are closed once more, because checks that passed since the drain open them again for persistent sessions.
 */
export async function drainWhereForgotten(
  servers: readonly BalancerServer[],
  withinMs: number,
  context: StepContext,
): Promise<string> {
  const again = await atEach(servers, context, async (balancer, server) => {
    if (await balancer.drain(server)) return [server];
    await balancer.close(server);
    return [];
  });
  const forgetful = again.flat();
  if (forgetful.length === 0) return '';
  return [FORGOTTEN, await drainAtAll(forgetful, withinMs, context)].filter(Boolean).join('; ');
}

const FORGOTTEN =
  'it was back in traffic, as after a reload of the balancer or a join that was cut off: taken out again';

function leftOver(
  ends: readonly Drained[],
  withinMs: number,
  then = { sessions: 'and are cut by the stop', old: 'are cut by the stop' },
): string[] {
  const left = ends.reduce((sum, { sessions }) => sum + (sessions ?? 0), 0);
  const found: string[] = [];
  if (left > 0) {
    const sessions = left === 1 ? '1 session was' : `${left} sessions were`;
    found.push(`${sessions} still open after ${withinMs / 1000} s, ${then.sessions}`);
  }
  if (ends.some(({ isOldThere }) => isOldThere))
    found.push(
      `a process that a reload replaced still ends requests after ${withinMs / 1000} s; those to this host ${then.old}`,
    );
  return found;
}

/** For balancers that do not tell whether requests are left. */
function uncounted(ends: readonly Drained[], withinMs: number): string[] {
  return ends.some(({ sessions }) => sessions === null)
    ? [`its balancer does not tell of open requests: they had ${withinMs / 1000} s to end`]
    : [];
}

function forgotten(ends: readonly Drained[]): string[] {
  return [forgottenNote(ends.reduce((sum, each) => sum + each.again, 0))].filter(Boolean);
}

/** The note for a host that a balancer forgot to keep out this many times; empty for 0. */
export function forgottenNote(again: number): string {
  return again === 0 ? '' : FORGOTTEN;
}
