import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { openUnix } from '../../../channel/channel.js';
import { Semaphore } from '../../../run/semaphore.js';
import type { StepFailure } from '../../../run/step-handler.js';
import { onAbort, unlessAborted } from '../../../ssh/abort.js';
import { ForwardError } from '../../../ssh/connect-error.js';
import type { Session } from '../../../ssh/transport.js';
import { fault } from '../fault.js';

/**
 * HAProxy's runtime API over its Unix socket, reached through the balancer's SSH connection: nothing needs to be
 * installed there. Commands and answers as in HAProxy's Management Guide, 9.3 "Unix Socket commands".
 */

/** A backend, and the balancer host and socket that answer for it. */
export interface HaproxyBackend {
  readonly balancer: string;
  readonly socket: string;
  readonly backend: string;
}

/** A balancer that is being asked. */
export interface Runtime {
  readonly session: Session;
  readonly backend: HaproxyBackend;
  readonly signal?: AbortSignal | undefined;
}

const CALL_TIMEOUT_MS = 10_000;
/** A thousand servers have statistics of 600 kB, and states of 110 kB; more than this is no answer. */
const MAX_ANSWER_BYTES = 16_000_000;
const AGAIN_MS = 250;
const OPEN_ATTEMPTS = 5;
const WORDS = /^[A-Za-z0-9 _./:,()[\]@%=+"'-]+$/;

// HAProxy answers 10 connections to its socket at a time and turns others away (Configuration Manual, `stats maxconn`);
// some of them belong to others, such as its exporters.
const CALLS_AT_ONCE = 3;
const slots = new WeakMap<Session, Semaphore>();

/**
 * One command, one answer: bounded in size and time, and cut off by the signal.
 *
 * @throws StepFailure of the balancer when it gives no answer; HostError when its socket is not reached
 */
export async function call(runtime: Runtime, command: string): Promise<string> {
  const { session, backend } = runtime;
  if (!WORDS.test(command))
    throw fault(backend, `is never sent a command such as ${JSON.stringify(command)}`);
  const slot = slots.get(session) ?? new Semaphore(CALLS_AT_ONCE);
  slots.set(session, slot);
  return await slot.run(async () => {
    runtime.signal?.throwIfAborted();
    const answer = await converse(await openSocket(runtime), runtime, command);
    if (answer.trim().startsWith('Permission denied')) throw lacksLevel(backend);
    return answer;
  });
}

interface Asked {
  /** The answer on its way; settled in every case. */
  running: Promise<unknown>;
  next: Promise<string> | undefined;
}

const asked = new WeakMap<Session, Map<string, Asked>>();

/**
 * As call(), for a question. Steps of many hosts ask a balancer the same at a time: those who come while an answer is on its way
 * share the next one, which tells of a moment after they asked.
 */
export async function ask(runtime: Runtime, question: string): Promise<string> {
  const { session, backend, signal } = runtime;
  const questions = asked.get(session) ?? new Map<string, Asked>();
  asked.set(session, questions);
  const key = `${backend.socket} ${question}`;
  const turn = questions.get(key) ?? { running: Promise.resolve(), next: undefined };
  questions.set(key, turn);
  turn.next ??= turn.running.then(() => {
    turn.next = undefined;
    const answer = call({ session, backend }, question);
    turn.running = answer.catch(() => undefined);
    return answer;
  });
  return await unlessAborted(turn.next, signal);
}

/** The socket, asked for again where all its places are taken. */
async function openSocket({ session, backend, signal }: Runtime): Promise<Duplex> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openUnix(session, backend.socket, { timeoutMs: CALL_TIMEOUT_MS, signal });
    } catch (error) {
      if (!(error instanceof ForwardError) || error.failure === 'forbidden' || attempt === OPEN_ATTEMPTS)
        throw error;
      await sleep(AGAIN_MS * attempt * (0.5 + Math.random()), undefined, { signal });
    }
  }
}

/** Sends the command and reads to the end: HAProxy closes the connection after its answer. */
async function converse(stream: Duplex, { backend, signal }: Runtime, command: string): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const fail = (error: unknown) => {
      reject(error);
      stream.destroy();
    };
    const late = () =>
      fail(fault(backend, `gave no whole answer on ${backend.socket} within ${CALL_TIMEOUT_MS / 1000} s`));
    const timer = setTimeout(late, CALL_TIMEOUT_MS);
    const forget = onAbort(signal, fail);
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES)
        fail(fault(backend, `answers without end on ${backend.socket}: over ${MAX_ANSWER_BYTES} bytes`));
      else chunks.push(chunk);
    });
    stream.once('error', fail);
    stream.once('close', () => {
      clearTimeout(timer);
      forget();
      resolve(Buffer.concat(chunks).toString());
    });
    stream.end(`${command}\n`);
  });
}

/**
 * Whether the socket lets us do what a plan will want.
 * @throws StepFailure of the balancer where its level is below admin (Management Guide, 9.3, `show cli level`)
 */
export async function requireAdmin(runtime: Runtime): Promise<void> {
  const level = (await call(runtime, 'show cli level')).trim();
  if (level === 'operator' || level === 'user') throw lacksLevel(runtime.backend);
}

function lacksLevel(backend: HaproxyBackend): StepFailure {
  return fault(
    backend,
    `takes no such command on ${backend.socket}: in its configuration that socket must be "level admin"`,
  );
}
