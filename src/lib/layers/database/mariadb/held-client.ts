import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../../../run/step-handler.js';
import type { CommandIo } from '../../../ssh/transport.js';

/** Until the guard has let the client begin, and it has logged in. */
const OPEN_MS = 30_000;
const END_MS = 2000;
/** Characters of one answer: more than any needs. The server of a hostile host may print without end. */
const LONGEST_ANSWER = 1_000_000;

/** A statement was not answered in time. The client was left, and may still be at it. */
export class HungStatementError extends Error {}

type Io = Required<Pick<CommandIo, 'stdin' | 'onStdout' | 'signal'>>;

/** Runs the client until it ends. @throws why it ended, also when it ended well */
export type RunClient = (io: Io) => Promise<never>;

interface Question {
  readonly mark: string;
  readonly resolve: (answer: string) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A client of a server that stays open: a statement costs a round trip, and no start of programs. Nobody can write while a
 * primary moves, so this is what counts there. Behind each statement it selects a mark that nobody can guess, so the end of an
 * answer is known. The first statement that fails ends the client.
 */
export class HeldClient {
  readonly #input = new PassThrough();
  readonly #decoder = new StringDecoder('utf8');
  readonly #mark = randomBytes(8).toString('hex');
  readonly #questions: Question[] = [];
  readonly #leaving = new AbortController();
  readonly #ended: Promise<void>;
  #asked = 0;
  #text = '';
  #fault: unknown;

  private constructor(run: RunClient) {
    const io = {
      stdin: this.#input,
      onStdout: (chunk: Buffer) => this.#take(chunk),
      signal: this.#leaving.signal,
    };
    this.#ended = run(io).catch((error: unknown) => this.#fail(error));
  }

  /** @throws what `run` throws, if the client does not begin */
  static async open(run: RunClient): Promise<HeldClient> {
    const client = new HeldClient(run);
    await client.ask('', OPEN_MS);
    return client;
  }

  get isOpen(): boolean {
    return this.#fault === undefined;
  }

  /**
   * Tells the server something.
   * @param statements each ends with a semicolon
   * @returns what the client printed: for a table a line with the names of its columns, and a line for each row
   * @throws HungStatementError after so long, or why the client ended
   */
  ask(statements: string, withinMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(this.#fault);
      const mark = `${this.#mark}-${this.#asked++}`;
      const timer = setTimeout(
        () => this.#fail(new HungStatementError(`no answer within ${withinMs} ms`)),
        withinMs,
      );
      this.#questions.push({ mark, resolve, reject, timer });
      this.#input.write(`${statements}\nSELECT '${mark}' AS '${mark}';\n`);
    });
  }

  /** Ends it, and waits until it is gone; not for ever. */
  async end(): Promise<void> {
    this.#input.end();
    await Promise.race([this.#ended, sleep(END_MS, undefined, { ref: false })]);
    this.#fail(new StepFailure('failed', 'its mariadb client was ended'));
  }

  #take(chunk: Buffer): void {
    this.#text += this.#decoder.write(chunk);
    for (const question of [...this.#questions]) {
      const end = `${question.mark}\n${question.mark}\n`;
      const at = this.#text.startsWith(end) ? 0 : this.#text.indexOf(`\n${end}`) + 1;
      if (at === 0 && !this.#text.startsWith(end)) break;
      clearTimeout(question.timer);
      this.#questions.shift();
      question.resolve(this.#text.slice(0, at));
      this.#text = this.#text.slice(at + end.length);
    }
    if (this.#text.length > LONGEST_ANSWER)
      this.#fail(new StepFailure('failed', 'its server gave an answer that does not end'));
  }

  #fail(error: unknown): void {
    if (!this.isOpen) return;
    this.#fault = error;
    for (const { timer, reject } of this.#questions.splice(0)) {
      clearTimeout(timer);
      reject(error);
    }
    this.#input.end();
    this.#leaving.abort(error);
  }
}
