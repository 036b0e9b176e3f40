import { randomBytes } from 'node:crypto';
import { openTalk, type Talk } from '../channel/talk.js';
import { ExitCode } from '../exit-codes.js';
import type { ReadCommand } from '../shell/command.js';
import { onAbort } from '../ssh/abort.js';
import { HostError } from '../ssh/connect-error.js';
import type { CommandResult, ReadSession } from '../ssh/transport.js';
import { type Ask, askLine, JOURNAL } from './ask.js';
import { type Frame, FrameReader } from './frames.js';

/** How long a host may be silent while an answer is due, and how long a whole answer may take. */
const SILENCE_MS = 60_000;
const ANSWER_MS = 600_000;
/** The limit for a list of files, or for the new part of a journal. */
const MAX_OTHER_BYTES = 64 * 1024 * 1024;
/** grep adds a line end to the last line if it has none. */
const LINE_END = 1;

type Answer = Exclude<Frame, { kind: 'hello' }>;
type Hello = Extract<Frame, { kind: 'hello' }>;

/** An answer is due, and nothing came for a minute. */
export class SilentHostError extends HostError {}

/**
 * The dialogue with the follower of a host (templates/logs/follow.sh): each request has one answer, in order. An answer to
 * another request, or one that is too long, ends the dialogue.
 */
export class Conversation {
  readonly #host: string;
  readonly #reader: FrameReader;
  readonly #talk: Talk;
  readonly #stop = new AbortController();
  readonly #forget: () => void;
  readonly #open: { readonly ask: Ask | 'hello'; readonly take: (frame: Frame) => void }[] = [];
  #silence: NodeJS.Timeout | undefined;
  #answerSince = 0;
  #settle: { done: () => void; failed: (error: unknown) => void } | undefined;
  isOver = false;

  constructor(session: ReadSession, command: ReadCommand, signal: AbortSignal) {
    const token = randomBytes(9).toString('base64url');
    this.#host = session.host;
    this.#reader = new FrameReader(token, session.host, () => this.#maxBytes());
    this.#forget = onAbort(signal, (reason) => this.#stop.abort(reason));
    const onStdout = (chunk: Buffer) => this.#heard(chunk);
    this.#talk = openTalk(session, command, { onStdout, signal: this.#stop.signal });
    this.#talk.ask([token]);
    const over = () => {
      this.isOver = true;
      this.#settle?.done();
    };
    this.#talk.over.then(over, (error) => {
      this.isOver = true;
      this.#settle?.failed(error);
    });
  }

  /** Waits for the first frame; undefined when the follower ends before it. Errors as ask. */
  async hello(): Promise<Hello | undefined> {
    let hello: Hello | undefined;
    this.#open.push({ ask: 'hello', take: (frame) => (hello = frame as Hello) });
    await this.#answers();
    return hello;
  }

  /**
   * Sends all requests at once, and resolves when all are answered, or the follower has ended.
   *
   * @throws {NotOurScriptError} for invalid answers; SilentHostError; errors as Session
   */
  async ask(asks: readonly Ask[], take: (answer: Answer, ask: Ask) => void): Promise<void> {
    if (this.isOver || asks.length === 0) return;
    for (const ask of asks) this.#open.push({ ask, take: (frame) => take(frame as Answer, ask) });
    this.#talk.ask(asks.map(askLine));
    await this.#answers();
  }

  /** Resolves after this time, or when the follower has ended. */
  async pause(ms: number): Promise<void> {
    if (this.isOver) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      const over = () => {
        clearTimeout(timer);
        done();
      };
      this.#settle = { done: over, failed: over };
    });
    this.#settle = undefined;
  }

  /** Tells the follower that we are still here. */
  keep(): void {
    this.#talk.ask(['k']);
  }

  /** Ends the follower normally and returns its result. Errors as Session. */
  async end(): Promise<CommandResult> {
    this.#talk.end();
    this.#answerSince = performance.now();
    this.#listen();
    try {
      return await this.#talk.over;
    } finally {
      this.close();
    }
  }

  /** Ends the follower at once. */
  close(): void {
    clearTimeout(this.#silence);
    this.#forget();
    this.#talk.over.catch(() => undefined);
    if (!this.isOver) this.#stop.abort(new SilentHostError(this.#host, this.#host, ExitCode.failed));
  }

  async #answers(): Promise<void> {
    if (this.isOver) {
      await this.#talk.over;
      return;
    }
    this.#answerSince = performance.now();
    this.#listen();
    try {
      await new Promise<void>((done, failed) => {
        this.#settle = { done, failed };
      });
    } finally {
      this.#settle = undefined;
      clearTimeout(this.#silence);
    }
  }

  #heard(chunk: Buffer): void {
    this.#reader.read(chunk, (frame) => {
      const next = this.#open.shift();
      if (next === undefined) throw this.#reader.fault('it answers what nobody asked');
      if (!answers(frame, next.ask)) throw this.#reader.fault('it answers something else');
      next.take(frame);
      this.#answerSince = performance.now();
    });
    if (this.#open.length === 0) this.#settle?.done();
    else this.#listen();
  }

  #listen(): void {
    clearTimeout(this.#silence);
    const isLate = performance.now() - this.#answerSince > ANSWER_MS;
    this.#silence = setTimeout(() => this.#stop.abort(this.#silent()), isLate ? 0 : SILENCE_MS);
  }

  #silent(): SilentHostError {
    const what = `${this.#host}: reading its logs gave no answer within ${SILENCE_MS / 1000} s`;
    return new SilentHostError(this.#host, what, ExitCode.failed);
  }

  #maxBytes(): number {
    const ask = this.#open[0]?.ask;
    if (ask === undefined || ask === 'hello') return 0;
    return 'size' in ask ? ask.size + LINE_END : MAX_OTHER_BYTES;
  }
}

function answers(frame: Frame, ask: Ask | 'hello'): boolean {
  if (ask === 'hello') return frame.kind === 'hello';
  if (frame.kind === 'hello') return false;
  if (ask.kind === 'list') return frame.kind === 'list';
  const id = ask.kind === 'journal' ? JOURNAL : ask.id;
  if (frame.id !== id) return false;
  if (frame.kind === 'refused') return true;
  switch (ask.kind) {
    case 'begin':
      return frame.kind === 'begun';
    case 'count':
      return frame.kind === 'counted' && frame.end >= ask.from && frame.end <= ask.from + ask.size;
    case 'read':
      return (
        frame.kind === 'data' &&
        frame.from === ask.from &&
        frame.end >= ask.from &&
        frame.end <= ask.from + ask.size
      );
    case 'head':
      return frame.kind === 'data' && frame.from === 0 && frame.end === ask.size;
    case 'journal':
      return frame.kind === 'data';
  }
}
