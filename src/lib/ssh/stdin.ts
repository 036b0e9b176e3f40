import { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * The standard input of one command. A stream is watched from the beginning, and read after the command has started. A
 * stream that fails or closes before its end is an error, never a short file.
 */
export class CommandInput {
  readonly #source: string | Buffer | Readable | undefined;
  readonly #onError: (error: Error) => void;
  readonly #onClose = () => {
    const stream = this.#stream;
    if (stream && !stream.readableEnded && !stream.errored)
      this.#onError(new Error('the source of standard input was closed before its end'));
  };
  #channel: ClientChannel | undefined;

  constructor(source: string | Buffer | Readable | undefined, onError: (error: Error) => void) {
    this.#source = source;
    this.#onError = onError;
    // The listener stays: an error after the end of the command does not matter, but without a listener it would end the
    // process.
    this.#stream?.on('error', onError);
    this.#stream?.once('close', this.#onClose);
  }

  /** Whether there is no input: then standard input can be closed at once. */
  get isEmpty(): boolean {
    return this.#source === undefined;
  }

  feed(channel: ClientChannel): void {
    this.#channel = channel;
    const stream = this.#stream;
    if (!stream) channel.end(this.#source);
    // A source that ended or failed earlier emits no more events.
    else if (stream.errored) this.#onError(stream.errored);
    else if (stream.destroyed || stream.readableEnded) channel.end();
    else stream.pipe(channel);
  }

  /** The command was not run, and may be run again with the same source. */
  keep(): void {
    this.#stream?.removeListener('close', this.#onClose);
  }

  /** The command has ended: a source that was not read to its end is destroyed, because nothing will read the rest. */
  letGo(): void {
    const stream = this.#stream;
    this.keep();
    if (!stream) return;
    if (this.#channel) stream.unpipe(this.#channel);
    if (!stream.readableEnded) stream.destroy();
  }

  get #stream(): Readable | undefined {
    return this.#source instanceof Readable ? this.#source : undefined;
  }
}
