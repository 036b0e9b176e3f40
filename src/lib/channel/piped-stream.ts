import { Duplex, PassThrough } from 'node:stream';
import type { WriteCommand } from '../shell/command.js';
import type { CommandResult, Session } from '../ssh/transport.js';

/** What templates/channel/pipe.sh prints before the first byte of the socket. */
const MARK = Buffer.from('kuafu-channel-open\n');
/** A login may print at most this many bytes before the mark. */
const MAX_NOISE = 64 * 1024;
/** How long a tool may take to end by itself after the reader has left. */
const END_MS = 1000;

/**
 * Runs a command that joins its input and output to a socket, and gives the stream. It counts as a write, because anything
 * can be sent through it. Resolves when the command says that it has begun. If the command ends before that, rejects with
 * the error that `early` makes of its result.
 */
export async function pipe(
  session: Session,
  command: WriteCommand,
  signal: AbortSignal | undefined,
  early: (result: CommandResult) => Error,
): Promise<Duplex> {
  return await new Promise((resolve, reject) => {
    const cut = new AbortController();
    const stream = new PipedStream(cut, () => resolve(stream));
    const onAbort = () => cut.abort(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    session
      .run(command, { stdin: stream.input, onStdout: (chunk) => stream.hear(chunk), signal: cut.signal })
      .then(
        (result) => (stream.isOpen ? stream.over() : reject(early(result))),
        (error: unknown) => {
          reject(error);
          stream.destroy(error instanceof Error ? error : new Error(String(error)));
        },
      )
      .finally(() => {
        stream.ended = true;
        signal?.removeEventListener('abort', onAbort);
      });
  });
}

class PipedStream extends Duplex {
  readonly input = new PassThrough();
  isOpen = false;
  /** The command has ended. */
  ended = false;
  readonly #cut: AbortController;
  readonly #onOpen: () => void;
  #head = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  constructor(cut: AbortController, onOpen: () => void) {
    super();
    this.#cut = cut;
    this.#onOpen = onOpen;
    // A reader gets the error from its own listener; before there is a reader, the promise rejects with it.
    this.on('error', () => undefined);
    this.input.on('error', () => undefined);
  }

  async hear(chunk: Buffer): Promise<void> {
    const bytes = this.isOpen ? chunk : this.#open(chunk);
    if (bytes.length === 0 || this.destroyed) return;
    if (!this.push(Buffer.from(bytes)))
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  over(): void {
    if (!this.destroyed) this.push(null);
  }

  #open(chunk: Buffer): Buffer {
    this.#head = Buffer.concat([this.#head, chunk]);
    const at = this.#head.indexOf(MARK);
    if (at === -1) {
      if (this.#head.length > MAX_NOISE) this.#cut.abort(new Error('the login there prints without end'));
      return Buffer.alloc(0);
    }
    const rest = this.#head.subarray(at + MARK.length);
    this.#head = Buffer.alloc(0);
    this.isOpen = true;
    this.#onOpen();
    return rest;
  }

  override _read(): void {
    this.#wake();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.input.destroyed) callback();
    else this.input.write(chunk, () => callback());
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.input.end();
    callback();
  }

  /** The tool ends when its input ends; a tool that does not is cut off. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#wake();
    this.input.end();
    if (!this.ended) setTimeout(() => this.#cut.abort(new Error('nobody listens any more')), END_MS).unref();
    callback(error);
  }
}
