import { setTimeout as sleep } from 'node:timers/promises';
import { askUnix, type LineBounds, type Question, tellUnix } from '../../../channel/unix-line.js';
import { Semaphore } from '../../../run/semaphore.js';
import type { StepFailure } from '../../../run/step-handler.js';
import { unlessAborted } from '../../../ssh/abort.js';
import { ForwardError } from '../../../ssh/connect-error.js';
import type { ReadSession, Session } from '../../../ssh/transport.js';
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

/** A balancer that can be asked. */
export interface ReadRuntime {
  readonly session: ReadSession;
  readonly backend: HaproxyBackend;
  readonly signal?: AbortSignal | undefined;
}

/** A balancer that also takes commands. */
export interface Runtime extends ReadRuntime {
  readonly session: Session;
}

/** A thousand servers have statistics of 600 kB, and states of 110 kB; a longer answer is an error. */
const BOUNDS = { timeoutMs: 10_000, maxBytes: 16_000_000 };
const AGAIN_MS = 250;
const OPEN_ATTEMPTS = 5;
const WORDS = /^[A-Za-z0-9 _./:,()[\]@%=+"'-]+$/;

// HAProxy answers 10 connections to its socket at a time and rejects more (Configuration Manual, `stats maxconn`); some of
// them are used by other clients, such as its exporters.
const CALLS_AT_ONCE = 3;
const slots = new WeakMap<ReadSession, Semaphore>();

/**
 * One command, one answer: limited in size and time, and cancelled by the signal.
 *
 * @throws StepFailure of the balancer if it gives no answer; HostError if its socket cannot be reached
 */
export async function call(runtime: Runtime, command: string): Promise<string> {
  const { session, backend } = runtime;
  return await inTurn(runtime, command, (bounds) => tellUnix(session, backend.socket, command, bounds));
}

async function inTurn(
  { session, backend, signal }: ReadRuntime,
  command: string,
  say: (bounds: LineBounds) => Promise<string>,
): Promise<string> {
  if (!WORDS.test(command))
    throw fault(backend, `is never sent a command such as ${JSON.stringify(command)}`);
  const slot = slots.get(session) ?? new Semaphore(CALLS_AT_ONCE);
  slots.set(session, slot);
  return await slot.run(async () => {
    signal?.throwIfAborted();
    const answer = await untilOpen(
      () => say({ ...BOUNDS, fault: (what) => fault(backend, what), signal }),
      signal,
    );
    if (!isWhole(answer, command)) throw fault(backend, `gave no whole answer on ${backend.socket}`);
    if (answer.trim().startsWith('Permission denied')) throw lacksLevel(backend);
    return answer;
  });
}

/**
 * HAProxy ends each answer with an empty line. Without it the answer was cut off, as by a reload, and servers may be missing in it
 * that are there. The message of a command may lack its own line end.
 */
function isWhole(answer: string, command: string): boolean {
  return answer.endsWith(command.startsWith('show ') ? '\n\n' : '\n');
}

interface Asked {
  /** The answer that is awaited; it always settles. */
  running: Promise<unknown>;
  next: Promise<string> | undefined;
}

const asked = new WeakMap<ReadSession, Map<string, Asked>>();

/**
 * Like call(), for a question. Steps of many hosts ask a balancer the same question at the same time. Callers that come while
 * an answer is awaited share the next answer, which is from a moment after their call.
 */
export async function ask(runtime: ReadRuntime, question: Question): Promise<string> {
  const { session, backend, signal } = runtime;
  const questions = asked.get(session) ?? new Map<string, Asked>();
  asked.set(session, questions);
  const key = `${backend.socket} ${question}`;
  const turn = questions.get(key) ?? { running: Promise.resolve(), next: undefined };
  questions.set(key, turn);
  turn.next ??= turn.running.then(() => {
    turn.next = undefined;
    const answer = inTurn({ session, backend }, question, (bounds) =>
      askUnix(session, backend.socket, question, bounds),
    );
    turn.running = answer.catch(() => undefined);
    return answer;
  });
  return await unlessAborted(turn.next, signal);
}

/** Repeats if all connections of the socket are in use: nothing was sent. */
async function untilOpen(say: () => Promise<string>, signal: AbortSignal | undefined): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await say();
    } catch (error) {
      if (!(error instanceof ForwardError) || error.failure === 'forbidden' || attempt === OPEN_ATTEMPTS)
        throw error;
      await sleep(AGAIN_MS * attempt * (0.5 + Math.random()), undefined, { signal });
    }
  }
}

/**
 * Checks that the socket allows what a plan will need.
 * @throws StepFailure of the balancer if its level is below admin (Management Guide, 9.3, `show cli level`)
 */
export async function requireAdmin(runtime: ReadRuntime): Promise<void> {
  const level = (await ask(runtime, 'show cli level')).trim();
  if (level === 'operator' || level === 'user') throw lacksLevel(runtime.backend);
}

function lacksLevel(backend: HaproxyBackend): StepFailure {
  return fault(
    backend,
    `takes no such command on ${backend.socket}: in its configuration that socket must be "level admin"`,
  );
}
