import type { Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';

/** `stdout` or `stderr`. */
export type Stream = 'stdout' | 'stderr';

const BOOT = /' kuafu ([0-9a-f]+) ([0-9a-f]+) '([^']*)' \d+ \w+$/;

/** A command that a HostileHost was asked to run, and everything it may say, true or not. */
export class HostileCommand {
  /** As it came, for the login shell. */
  readonly line: string;
  /** The script in it, as sh would get it, with its arguments: `set -- 'a' 'b'; echo "$1"`. Empty for a strange line. */
  readonly script: string;
  /** All that comes on standard input, once that is at its end. */
  readonly stdin: Promise<Buffer>;
  readonly channel: ServerChannel;
  readonly #mark: string;
  #isOver = false;

  constructor(line: string, channel: ServerChannel) {
    this.line = line;
    this.channel = channel;
    const [, one = '', two = '', escaped = ''] = BOOT.exec(line) ?? [];
    this.#mark = one + two;
    const bytes = escaped.replaceAll(/\\0([0-7]{3})/g, (_all, octal) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    this.script = Buffer.from(bytes, 'latin1').toString('utf8');
    channel.on('error', () => undefined);
    channel.stderr.on('error', () => undefined);
    channel.on('close', () => this.stop());
    this.stdin = readAll(channel);
  }

  /** What every honest command begins with, on both streams or on one. What is said before it is noise. */
  begin(streams: readonly Stream[] = ['stdout', 'stderr']): this {
    for (const stream of streams) this.#of(stream).write(this.#mark);
    return this;
  }

  stdout(data: string | Buffer): this {
    this.channel.write(data);
    return this;
  }

  stderr(data: string | Buffer): this {
    this.channel.stderr.write(data);
    return this;
  }

  /** Sends the same bytes until this many are gone (without end unless told), as fast as they are taken. */
  async flood(
    piece: string | Buffer,
    bytes = Number.POSITIVE_INFINITY,
    stream: Stream = 'stdout',
  ): Promise<void> {
    const block = Buffer.alloc(65_536, piece);
    const target = this.#of(stream);
    for (let sent = 0; sent < bytes && !this.#isOver; sent += block.length) {
      const rest = block.subarray(0, Math.min(block.length, bytes - sent));
      if (!target.write(rest)) await Promise.race([once(target, 'drain'), once(this.channel, 'close')]);
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Sends the text again and again, this often, without end. */
  async drip(text: string, everyMs: number, stream: Stream = 'stdout'): Promise<void> {
    while (!this.#isOver) {
      this.#of(stream).write(text);
      await new Promise((resolve) => setTimeout(resolve, everyMs).unref());
    }
  }

  /** Only says how it ended; may be said again, and otherwise. */
  status(code: number): this {
    this.channel.exit(code);
    return this;
  }

  /** Was ended by a signal, such as `KILL`, and closes. */
  signal(name: string): void {
    this.channel.exit(name);
    this.close();
  }

  /** Ends with a status, and closes. */
  exit(code: number): void {
    this.status(code).close();
  }

  /** No more output; the channel stays. */
  eof(): void {
    this.channel.eof();
  }

  /** Closes the channel; without a status before it, nobody knows how the command ended. */
  close(): void {
    this.channel.close();
  }

  /** Ends what floods and drips. */
  stop(): void {
    this.#isOver = true;
  }

  #of(stream: Stream): Writable {
    return stream === 'stdout' ? this.channel : this.channel.stderr;
  }
}

/** Unlike those of node:stream/consumers it leaves the other direction open. */
function readAll(channel: ServerChannel): Promise<Buffer> {
  const chunks: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    for (const event of ['end', 'close']) channel.once(event, () => resolve(Buffer.concat(chunks)));
  });
}

function once(emitter: NodeJS.EventEmitter, event: string): Promise<unknown> {
  return new Promise((resolve) => emitter.once(event, resolve));
}
