import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type Answer, type DecodedPacket, decode, type RecordType, streamEncode } from 'dns-packet';
import { onAbort } from '../ssh/abort.js';
import { sessionBehind } from '../ssh/behind.js';
import type { ReadSession } from '../ssh/transport.js';
import { openTcp } from './channel.js';

export interface DnsQuestion {
  /** A whole name, without a dot at its end. */
  readonly name: string;
  readonly type: RecordType;
}

/** What a DNS server answers to one question. */
export interface DnsAnswer {
  /** `NOERROR`, `NXDOMAIN`, `REFUSED`, …, or a number that has no name. */
  readonly status: string;
  readonly isAuthoritative: boolean;
  readonly records: readonly Answer[];
}

interface AskBounds {
  readonly timeoutMs: number;
  /** Makes the error for an invalid answer from a description. */
  readonly fault: (what: string) => Error;
  readonly signal?: AbortSignal | undefined;
}

/** A message on TCP has its length in two octets before it (RFC 1035, 4.2.2). */
const LENGTH_BYTES = 2;
/** More would not fit the ids of messages, and nobody has so many names to move. */
const MOST_QUESTIONS = 10_000;

/**
 * Asks a DNS server that a host reaches, over one TCP connection; the answers are in the order of the questions. Nothing but
 * questions is ever sent, and recursion is not wished for.
 *
 * @throws as openTcp does; the error that `fault` makes for an invalid answer, or none
 */
export async function askDns(
  session: ReadSession,
  server: { readonly address: string; readonly port: number },
  questions: readonly DnsQuestion[],
  { timeoutMs, fault, signal }: AskBounds,
): Promise<readonly DnsAnswer[]> {
  if (questions.length === 0) return [];
  if (questions.length > MOST_QUESTIONS) throw new Error(`${questions.length} questions at once`);
  const stream = await openTcp(sessionBehind(session), server.address, server.port, { timeoutMs, signal });
  return await new Promise((resolve, reject) => {
    const conversation = new Conversation(questions, fault);
    let forget = () => {};
    const end = (settle: () => void) => {
      clearTimeout(timer);
      forget();
      stream.destroy();
      settle();
    };
    const fail = (error: unknown) => end(() => reject(error));
    const timer = setTimeout(() => fail(fault(`gave no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    forget = onAbort(signal, fail);
    listen(stream, conversation, (answers) => end(() => resolve(answers)), fail);
    stream.on('close', () => fail(fault('closed the connection before it had answered')));
    stream.write(conversation.bytes());
  });
}

function listen(
  stream: Duplex,
  conversation: Conversation,
  done: (answers: readonly DnsAnswer[]) => void,
  fail: (error: unknown) => void,
): void {
  stream.on('error', fail);
  stream.on('data', (chunk: Buffer) => {
    try {
      const answers = conversation.hear(chunk);
      if (answers !== undefined) done(answers);
    } catch (error) {
      fail(error);
    }
  });
}

/** The questions of one connection, and what has been answered so far. */
class Conversation {
  readonly #questions: readonly DnsQuestion[];
  readonly #fault: (what: string) => Error;
  readonly #firstId = randomInt(0x10000 - MOST_QUESTIONS);
  readonly #answers = new Map<number, DnsAnswer>();
  #head = Buffer.alloc(0);

  constructor(questions: readonly DnsQuestion[], fault: (what: string) => Error) {
    this.#questions = questions;
    this.#fault = fault;
  }

  bytes(): Buffer {
    return Buffer.concat(
      this.#questions.map((question, index) =>
        streamEncode({ type: 'query', id: this.#firstId + index, questions: [question] }),
      ),
    );
  }

  /** All answers, once they are there. */
  hear(chunk: Buffer): readonly DnsAnswer[] | undefined {
    this.#head = Buffer.concat([this.#head, chunk]);
    for (let message = this.#take(); message !== undefined; message = this.#take()) this.#note(message);
    if (this.#answers.size < this.#questions.length) return undefined;
    return this.#questions.flatMap((_, index) => this.#answers.get(this.#firstId + index) ?? []);
  }

  #take(): Buffer | undefined {
    if (this.#head.length < LENGTH_BYTES) return undefined;
    const end = LENGTH_BYTES + this.#head.readUInt16BE(0);
    if (this.#head.length < end) return undefined;
    const message = this.#head.subarray(LENGTH_BYTES, end);
    this.#head = this.#head.subarray(end);
    return message;
  }

  #note(message: Buffer): void {
    const packet = this.#decoded(message);
    const question = this.#questions[(packet.id ?? -1) - this.#firstId];
    const [said] = packet.questions ?? [];
    const isOurs =
      packet.type === 'response' &&
      question !== undefined &&
      said?.type === question.type &&
      said.name.toLowerCase() === question.name.toLowerCase();
    if (!isOurs) throw this.#fault('answers what was not asked');
    this.#answers.set(packet.id ?? 0, {
      status: packet.rcode,
      isAuthoritative: packet.flag_aa,
      records: packet.answers ?? [],
    });
  }

  #decoded(message: Buffer): DecodedPacket & { readonly rcode: string } {
    try {
      // The package's types lack the response code.
      return decode(message) as DecodedPacket & { readonly rcode: string };
    } catch {
      throw this.#fault('gives answers that are none of DNS');
    }
  }
}
