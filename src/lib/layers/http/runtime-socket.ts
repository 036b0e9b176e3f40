import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerServer } from '../../plan/plan.js';
import { Semaphore } from '../../run/semaphore.js';
import { StepFailure } from '../../run/step-handler.js';
import { ForwardError } from '../../ssh/connect-error.js';
import type { Session } from '../../ssh/transport.js';

/**
 * HAProxy's runtime API over its Unix socket, reached through the balancer's SSH connection: nothing needs to be
 * installed there. Commands and answers as in HAProxy's Management Guide, 9.3 "Unix Socket commands".
 */

/** A backend, and the balancer host and socket that answer for it. */
export type Backend = Pick<BalancerServer, 'balancer' | 'socket' | 'backend'>;

const CALL_TIMEOUT_MS = 10_000;
const AGAIN_MS = 250;
const OPEN_ATTEMPTS = 5;
const ONE_WORD_EACH = /^[A-Za-z0-9 _./:-]+$/;

// HAProxy answers 10 connections to its socket at a time and turns others away (Configuration Manual, `stats maxconn`);
// some of them belong to others, such as its exporters.
const CALLS_AT_ONCE = 3;
const slots = new WeakMap<Session, Semaphore>();

/**
 * One command, one answer.
 *
 * @throws StepFailure of the balancer when it gives no answer; HostError when its socket is not reached
 */
export async function call(session: Session, server: Backend, command: string): Promise<string> {
  if (!ONE_WORD_EACH.test(command))
    throw fault(server, `is never sent a command such as ${JSON.stringify(command)}`);
  const slot = slots.get(session) ?? new Semaphore(CALLS_AT_ONCE);
  slots.set(session, slot);
  return await slot.run(async () => await converse(await openSocket(session, server), server, command));
}

/** The socket, asked for again where all its places are taken. */
async function openSocket(session: Session, server: Backend): Promise<Duplex> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await session.connectUnix(server.socket, CALL_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof ForwardError) || error.failure === 'forbidden' || attempt === OPEN_ATTEMPTS)
        throw error;
      await sleep(AGAIN_MS * attempt * (0.5 + Math.random()));
    }
  }
}

/** Sends the command and reads to the end: HAProxy closes the connection after its answer. */
async function converse(stream: Duplex, server: Backend, command: string): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      stream.destroy();
      reject(fault(server, `gave no answer on ${server.socket} within ${CALL_TIMEOUT_MS / 1000} s`));
    }, CALL_TIMEOUT_MS);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('error', reject);
    stream.once('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString());
    });
    stream.end(`${command}\n`);
  });
}

/** What the balancer did wrong, as a failure of the step and not of its host. */
export function fault(server: Backend, what: string): StepFailure {
  return new StepFailure('failed', `balancer ${server.balancer} ${what}`, server.balancer);
}
