import type { ClientChannel } from 'ssh2';
import { FailedError } from '../errors.js';
import type { RemoteCommand } from '../shell/command.js';
import { onAbort } from './abort.js';
import { CommandRefusedError, CommandTimeoutError, LinkLostError } from './connect-error.js';
import type { Link } from './link.js';
import { HeadCapture, TailCapture } from './output-capture.js';
import { deadlineMs, remoteLine } from './remote-line.js';
import { sendSignal } from './ssh2-internals.js';
import { feedStdin } from './stdin.js';
import type { CommandIo, CommandResult } from './transport.js';

const MAX_OUTPUT_BYTES = 256 * 1024;

/** The host opened no channel: it has as many as it allows (sshd_config(5), MaxSessions) or is at its end. */
export class NoChannelError extends Error {}

/** One command on one channel, from its opening to its end. */
export class CommandRun {
  readonly #link: Link;
  readonly #command: RemoteCommand;
  readonly #io: CommandIo;
  readonly #stdout: HeadCapture;
  readonly #stderr: TailCapture;
  readonly #startedAt = performance.now();
  readonly #undo: (() => void)[] = [];
  readonly result: Promise<CommandResult>;
  /** Resolves when the host has given up the channel; may never happen. */
  readonly released: Promise<void>;
  #resolve: (result: CommandResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #release: () => void = () => undefined;
  #channel: ClientChannel | undefined;
  #settled = false;
  #exit: Pick<CommandResult, 'exitCode' | 'signal'> | undefined;

  constructor(link: Link, command: RemoteCommand, io: CommandIo) {
    this.#link = link;
    this.#command = command;
    this.#io = io;
    const limit = io.maxOutputBytes ?? MAX_OUTPUT_BYTES;
    this.#stdout = new HeadCapture(limit);
    this.#stderr = new TailCapture(limit);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
    this.#start();
  }

  #start(): void {
    const timeoutMs = deadlineMs(this.#command);
    const timer = setTimeout(
      () => this.#stop(new CommandTimeoutError(this.#link.host, nameOf(this.#command), timeoutMs)),
      timeoutMs,
    );
    this.#undo.push(() => clearTimeout(timer));
    this.#undo.push(this.#link.onLost((lost) => this.#stop(lost)));
    this.#undo.push(onAbort(this.#io.signal, (reason) => this.#stop(reason)));
    if (this.#settled) {
      this.#undoAll();
      this.#release();
      return;
    }
    try {
      this.#link.client.exec(remoteLine(this.#command), (error, channel) =>
        error ? this.#refused(error) : this.#opened(channel),
      );
    } catch {
      // ssh2 throws only when its socket is gone already.
      this.#stop(this.#link.lost ?? new LinkLostError(this.#link.host));
      this.#release();
    }
  }

  #refused(error: Error): void {
    this.#release();
    const host = this.#link.host;
    // Only a refused channel has a reason (RFC 4254, 5.1); otherwise the exec request was refused.
    if ('reason' in error) this.#stop(new NoChannelError(error.message));
    else
      this.#stop(
        new CommandRefusedError(
          host,
          `${host}: the account runs no commands`,
          'look for ForceCommand in its sshd_config and for a restricted shell',
        ),
      );
  }

  #opened(channel: ClientChannel): void {
    this.#channel = channel;
    channel.once('close', () => this.#release());
    channel.on('error', () => undefined);
    if (this.#settled) {
      this.#hangUp();
      return;
    }
    channel.once('exit', (code: number | null, signal?: string) => {
      this.#exit = { exitCode: code, signal: signal ?? null };
    });
    this.#readOutput(channel);
    const failed = (error: Error) => this.#stop(stdinError(this.#link, error));
    this.#undo.push(feedStdin(channel, this.#io.stdin, failed));
    if (this.#settled) this.#undoAll();
  }

  #readOutput(channel: ClientChannel): void {
    const { stderr } = channel;
    const both = [
      new Promise((end) => channel.once('close', end)),
      new Promise((end) => stderr.once('close', end)),
    ];
    Promise.all(both).then(() => this.#finish());
    stderr.on('data', (chunk: Buffer) => this.#stderr.add(chunk));
    const { onStdout } = this.#io;
    if (!onStdout) {
      channel.on('data', (chunk: Buffer) => this.#stdout.add(chunk));
      return;
    }
    channel.on('data', (chunk: Buffer) => {
      if (this.#settled) return;
      const taken = callSafely(() => onStdout(chunk));
      if (!taken) return;
      // Both, since they share one window: reading either would let the host send more of the other.
      channel.pause();
      stderr.pause();
      taken.then(
        () => {
          channel.resume();
          stderr.resume();
        },
        (error: unknown) => this.#stop(error),
      );
    });
  }

  #finish(): void {
    if (!this.#exit) {
      const host = this.#link.host;
      const lost = new LinkLostError(host, `${host}: ${nameOf(this.#command)} ended without a status`);
      this.#stop(this.#link.lost ?? lost);
      return;
    }
    if (!this.#settle()) return;
    this.#resolve({
      ...this.#exit,
      stdout: this.#stdout.text(),
      stderr: this.#stderr.text(),
      truncated: this.#stdout.truncated || this.#stderr.truncated,
      elapsedMs: performance.now() - this.#startedAt,
    });
  }

  #stop(error: unknown): void {
    if (!this.#settle()) return;
    this.#reject(error);
    this.#hangUp();
  }

  /** Does not wait for anything: a peer that ignores it keeps its channel, and we go on. */
  #hangUp(): void {
    const channel = this.#channel;
    if (!channel || this.#link.lost) return;
    sendSignal(this.#link.client, channel, 'KILL');
    channel.close();
    channel.resume();
    channel.stderr.resume();
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#undoAll();
    return true;
  }

  #undoAll(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}

/** What to call a command in a message: its program. The whole line may be long, and its arguments secret. */
function nameOf(command: RemoteCommand): string {
  const program = command.words.find((word) => typeof word === 'string') ?? 'the command';
  return typeof program === 'string' ? program.slice(0, 80) : 'the command';
}

function stdinError(link: Link, error: Error): FailedError {
  return new FailedError(`${link.host}: standard input could not be read: ${error.message}`);
}

/** A callback that throws at once is one that failed. */
function callSafely(work: () => void | Promise<void>): Promise<void> | undefined {
  try {
    return work() ?? undefined;
  } catch (error) {
    return Promise.reject(error);
  }
}
