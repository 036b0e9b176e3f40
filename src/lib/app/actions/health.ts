import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf } from '../../errors.js';
import { type ActionOf, type StepContext, StepFailure, type StepHandler } from '../../run/step-handler.js';
import { CommandTimeoutError, ConnectError, LinkLostError } from '../../ssh/connect-error.js';
import type { Session } from '../../ssh/transport.js';
import { readUnit } from '../unit.js';

/** A service that systemd has restarted this often is not coming up; waiting longer only hides it. */
const TOO_MANY_RESTARTS = 3;

/**
 * Asks the app's HTTP check until it passes so many times in a row. The request leaves from the host itself, through
 * its SSH connection: kuafu needs no route to the app's port.
 */
export const healthHandler: StepHandler<ActionOf<'health'>> = {
  async apply({ check, url, unit }, context) {
    const deadline = performance.now() + check.withinMs;
    const session = await context.session();
    let passes = 0;
    let last = 'no answer';
    while (passes < check.passes) {
      const answer = await askOnce(session, new URL(url), check.timeoutMs);
      passes = answer.ok ? passes + 1 : 0;
      if (!answer.ok) last = answer.text;
      if (!answer.ok) await failIfDead(session, unit, context);
      if (performance.now() > deadline)
        throw await unhealthy(session, unit, `${url}: ${last} (for ${check.withinMs / 1000} s)`, context);
      if (passes < check.passes) await sleep(check.everyMs, undefined, { signal: context.signal });
    }
    return { changed: false, message: '' };
  },
};

async function askOnce(
  session: Session,
  url: URL,
  timeoutMs: number,
): Promise<{ ok: boolean; text: string }> {
  try {
    const status = await httpStatus(session, url, timeoutMs);
    return { ok: status >= 200 && status < 400, text: `HTTP ${status}` };
  } catch (error) {
    if (
      error instanceof LinkLostError ||
      error instanceof ConnectError ||
      error instanceof CommandTimeoutError
    )
      throw error;
    return { ok: false, text: sentenceOf(error) };
  }
}

async function httpStatus(session: Session, url: URL, timeoutMs: number): Promise<number> {
  const socket = await session.connectTcp(url.hostname, Number(url.port) || 80, timeoutMs);
  return await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const asked = request(
      { createConnection: () => socket as never, host: url.hostname, path: url.pathname + url.search },
      (response) => {
        clearTimeout(timer);
        response.resume();
        response.on('error', () => undefined);
        resolve(response.statusCode ?? 0);
        socket.destroy();
      },
    );
    asked.on('error', fail);
    asked.end();
  });
}

async function failIfDead(session: Session, unit: string, context: StepContext): Promise<void> {
  const state = await readUnit(session, unit, context.signal);
  const reason = state.lastLine ? `; its journal ends: ${state.lastLine}` : '';
  if (state.activeState === 'failed')
    throw new StepFailure('unhealthy', `${unit} died (${state.result})${reason}`);
  if (state.restarts >= TOO_MANY_RESTARTS)
    throw new StepFailure('unhealthy', `${unit} dies again and again (${state.restarts} restarts)${reason}`);
}

async function unhealthy(
  session: Session,
  unit: string,
  what: string,
  context: StepContext,
): Promise<StepFailure> {
  const { activeState } = await readUnit(session, unit, context.signal);
  return new StepFailure('unhealthy', `never healthy: ${what}; ${unit} is ${activeState}`);
}
