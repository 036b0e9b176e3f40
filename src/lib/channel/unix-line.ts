import type { Duplex } from 'node:stream';
import { onAbort } from '../ssh/abort.js';
import { sessionBehind } from '../ssh/behind.js';
import type { ReadSession, Session } from '../ssh/transport.js';
import { openUnix } from './channel.js';

/** What a session that only reads may ask. */
export type Question = `show ${string}`;

/** The bounds of one command to a process that listens on a Unix socket, and of its answer. */
export interface LineBounds {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Makes the error for an invalid answer from a description, such as `answers without end`. */
  readonly fault: (what: string) => Error;
  readonly signal?: AbortSignal | undefined;
}

/** No line end and no semicolon: either would start another command. */
const QUESTION = /^show [^;\p{Cc}]+$/u;

/**
 * One question to a process that listens on a Unix socket of a host, such as `show info`.
 * @throws as tellUnix does; an Error for text that is not a question
 */
export async function askUnix(
  session: ReadSession,
  path: string,
  question: Question,
  bounds: LineBounds,
): Promise<string> {
  if (!QUESTION.test(question)) throw new Error(`${JSON.stringify(question)} is no question`);
  return await tellUnix(sessionBehind(session), path, question, bounds);
}

/**
 * One command, one answer: bounded in size and time, and cut off by the signal. The other side closes the connection after
 * the answer.
 * @throws {ForwardError} when the socket is not reached, and nothing was sent; HostError; the error that `fault` makes for
 * an invalid answer
 */
export async function tellUnix(
  session: Session,
  path: string,
  line: string,
  bounds: LineBounds,
): Promise<string> {
  const { timeoutMs, signal } = bounds;
  return await converse(await openUnix(session, path, { timeoutMs, signal }), path, line, bounds);
}

/** Sends the line and reads to the end. */
async function converse(
  stream: Duplex,
  path: string,
  line: string,
  { timeoutMs, maxBytes, fault, signal }: LineBounds,
): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const fail = (error: unknown) => {
      reject(error);
      stream.destroy();
    };
    const late = () => fail(fault(`gave no whole answer on ${path} within ${timeoutMs / 1000} s`));
    const timer = setTimeout(late, timeoutMs);
    const forget = onAbort(signal, fail);
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) fail(fault(`answers without end on ${path}: over ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    stream.once('error', fail);
    stream.once('close', () => {
      clearTimeout(timer);
      forget();
      resolve(Buffer.concat(chunks).toString());
    });
    stream.end(`${line}\n`);
  });
}
