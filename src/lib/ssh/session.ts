import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { withPort } from '../names/addresses.js';
import type { RemoteCommand } from '../shell/command.js';
import { onAbort, unlessAborted } from './abort.js';
import { tooLong } from './command-faults.js';
import { CommandRun, NoChannelError } from './command-run.js';
import { CommandRefusedError, CommandTimeoutError, ForwardError, LinkLostError } from './connect-error.js';
import type { Link } from './link.js';
import type { MaskCut } from './login-noise.js';
import { Patience } from './patience.js';
import { LONGEST_LINE_BYTES, marked } from './remote-line.js';
import { Slots } from './slots.js';
import { openEmptySession } from './ssh2-internals.js';
import type { CommandIo, CommandResult, Session } from './transport.js';

/** sshd allows ten sessions a connection by default (MaxSessions); two are left for those that it has not yet closed. */
const MAX_COMMANDS = 8;
/** How long a command's slot waits for the host to release the channel. */
const RELEASE_MS = 5000;
/** CHANNEL_OPEN_FAILURE, administratively prohibited (RFC 4254, 5.1). */
const PROHIBITED = 1;

type OpenCallback = (error: Error | undefined, channel: ClientChannel) => void;

export class SshSession implements Session {
  readonly link: Link;
  readonly #commands = new Slots(MAX_COMMANDS);
  readonly #mask: MaskCut;
  #stoppedAt = Number.NEGATIVE_INFINITY;
  #loginNoise = '';

  constructor(link: Link, mask: MaskCut) {
    this.link = link;
    this.#mask = mask;
  }

  get host(): string {
    return this.link.host;
  }

  get hostKey(): string {
    return this.link.hostKey;
  }

  get loginNoise(): string {
    return this.#loginNoise;
  }

  async run(command: RemoteCommand, io: CommandIo = {}): Promise<CommandResult> {
    const sent = marked(command);
    if (sent.line.length > LONGEST_LINE_BYTES) throw tooLong(this.host, sent.line.length);
    const patience = new Patience();
    for (;;) {
      const release = await this.#slot(io.signal);
      const run = new CommandRun(this.link, sent, io, this.#mask);
      try {
        return await run.result;
      } catch (error) {
        if (!(error instanceof NoChannelError)) {
          this.#stoppedAt = performance.now();
          throw error;
        }
        this.#noChannel(patience);
      } finally {
        this.#loginNoise ||= run.shellWords;
        Promise.race([run.released, sleep(RELEASE_MS, undefined, { ref: false })]).then(release);
      }
      await unlessAborted(sleep(patience.waitMs), io.signal);
    }
  }

  async opensAnother(signal?: AbortSignal): Promise<boolean> {
    const { link } = this;
    if (link.lost) throw link.lost;
    const opened = openEmptySession(link.client);
    if (opened === undefined) {
      await this.run({ words: ['true'], effect: 'read', timeoutMs: RELEASE_MS }, signal ? { signal } : {});
      return true;
    }
    const isOpen = await unlessAborted(opened, signal);
    if (link.lost) throw link.lost;
    return isOpen;
  }

  connectUnix(path: string, timeoutMs: number, signal?: AbortSignal): Promise<Duplex> {
    // For Unix sockets sshd gives one reason for both (serverloop.c); for addresses it gives two.
    const hint = 'is it running there? If so, look for AllowStreamLocalForwarding in its sshd_config';
    return this.#open(path, hint, timeoutMs, signal, (callback) =>
      this.link.client.openssh_forwardOutStreamLocal(path, callback),
    );
  }

  connectTcp(address: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<Duplex> {
    const hint = 'is it running there? If so, look for AllowTcpForwarding and PermitOpen in its sshd_config';
    return this.#open(withPort(address, port), hint, timeoutMs, signal, (callback) =>
      this.link.client.forwardOut('127.0.0.1', 0, address, port, callback),
    );
  }

  async #slot(signal: AbortSignal | undefined): Promise<() => void> {
    const waiting = new AbortController();
    const forget = [
      this.link.onLost((lost) => waiting.abort(lost)),
      onAbort(signal, (reason) => waiting.abort(reason)),
    ];
    try {
      return await this.#commands.acquire(waiting.signal);
    } finally {
      for (const each of forget) each();
    }
  }

  /**
   * One refusal may only mean that sshd has not yet removed the channel that ended just before. More refusals mean a smaller
   * MaxSessions: the host's commands then wait for each other.
   *
   * @throws {CommandRefusedError} when no other command of ours can be the reason
   */
  #noChannel(patience: Patience): void {
    const others = this.#commands.used - 1;
    patience.refused(others);
    if (others > 0 && patience.refusals > 1) this.#commands.lower(others);
    if (!patience.isOver(this.#stoppedAt)) return;
    throw new CommandRefusedError(
      this.host,
      `${this.host}: sshd opens no session`,
      'look for MaxSessions in its sshd_config',
    );
  }

  #open(
    target: string,
    hint: string,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    open: (callback: OpenCallback) => void,
  ): Promise<Duplex> {
    const { host, link } = this;
    return new Promise((resolve, reject) => {
      if (link.lost) throw link.lost;
      const forget = [link.onLost(fail), onAbort(signal, (reason) => queueMicrotask(() => fail(reason)))];
      const timer = setTimeout(
        () => fail(new CommandTimeoutError(host, `the connection to ${target}`, timeoutMs)),
        timeoutMs,
      );
      let isOver = false;
      function end(): boolean {
        if (isOver) return false;
        isOver = true;
        clearTimeout(timer);
        for (const each of forget) each();
        return true;
      }
      function fail(error: unknown): void {
        if (end()) reject(error);
      }
      try {
        open((error, channel) => {
          if (error) fail(forwardError(host, target, hint, error));
          else if (end()) resolve(failingWith(link, channel));
          else channel.close();
        });
      } catch {
        fail(link.lost ?? new LinkLostError(host));
      }
    });
  }
}

function forwardError(host: string, target: string, hint: string, error: Error): ForwardError {
  const isForbidden = 'reason' in error && error.reason === PROHIBITED;
  return isForbidden
    ? new ForwardError(host, 'forbidden', `${host}: sshd forbids a connection to ${target}`, hint)
    : new ForwardError(host, 'failed', `${host}: no connection to ${target} from there`, hint);
}

/** Ends the stream with an error when the link is lost; ssh2 by itself would end it as if the data were complete. */
function failingWith(link: Link, channel: ClientChannel): Duplex {
  channel.on('error', () => undefined);
  const forget = link.onLost((lost) => channel.emit('error', lost));
  channel.once('close', forget);
  return channel;
}
