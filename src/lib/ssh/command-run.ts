import type { ClientChannel } from 'ssh2';
import { onAbort } from './abort.js';
import * as faults from './command-faults.js';
import { CommandOutput } from './command-output.js';
import { LinkLostError } from './connect-error.js';
import { HeldOutput } from './held-output.js';
import type { Link } from './link.js';
import type { MaskCut } from './login-noise.js';
import { deadlineMs, type SentCommand } from './remote-line.js';
import { sendSignal } from './ssh2-internals.js';
import { CommandInput } from './stdin.js';
import type { CommandIo, CommandResult } from './transport.js';

const MAX_OUTPUT_BYTES = 256 * 1024;
/** How long sshd and the login shell may take to start the command. The command's own timeout may be longer. */
const START_MS = 30_000;

/** The host opened no channel: it allows no more of them (sshd_config(5), MaxSessions) or has no resources left. */
export class NoChannelError extends Error {}

/** One command on one channel, from its opening to its end. */
export class CommandRun {
  readonly #link: Link;
  readonly #sent: SentCommand;
  readonly #io: CommandIo;
  readonly #output: CommandOutput;
  readonly #input: CommandInput;
  readonly #startedAt = performance.now();
  readonly #undo: (() => void)[] = [];
  readonly result: Promise<CommandResult>;
  /** Resolves when the host has released the channel; may never happen. */
  readonly released: Promise<void>;
  #resolve: (result: CommandResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #release: () => void = () => undefined;
  #channel: ClientChannel | undefined;
  #settled = false;
  /** Chunks that were passed to a callback and are not processed yet. */
  #untaken = 0;
  #exit: Pick<CommandResult, 'exitCode' | 'signal'> | undefined;
  #rest: HeldOutput | undefined;

  constructor(link: Link, sent: SentCommand, io: CommandIo, mask: MaskCut) {
    this.#link = link;
    this.#sent = sent;
    this.#io = io;
    this.#output = new CommandOutput(sent.mark, io.maxOutputBytes ?? MAX_OUTPUT_BYTES, mask);
    this.#input = new CommandInput(io.stdin, (error) => this.#stop(faults.stdinFailed(link.host, error)));
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
    this.#start();
  }

  /** The first words that the login shell printed before the command; empty if it printed nothing. */
  get shellWords(): string {
    return this.#output.shellWords;
  }

  #start(): void {
    const timeoutMs = deadlineMs(this.#sent.command);
    this.#undo.push(() => this.#input.keep());
    this.#stopAfter(timeoutMs, () => true);
    if (timeoutMs > START_MS) this.#stopAfter(START_MS, () => !this.#output.begun.stdout);
    this.#undo.push(this.#link.onLost((lost) => this.#stop(lost)));
    this.#undo.push(onAbort(this.#io.signal, (reason) => this.#stop(reason)));
    if (this.#settled) {
      this.#undoAll();
      this.#release();
      return;
    }
    try {
      this.#link.client.exec(this.#sent.line, (error, channel) =>
        error ? this.#refused(error) : this.#opened(channel),
      );
    } catch {
      // ssh2 throws only when its socket is closed already.
      this.#stop(this.#link.lost ?? new LinkLostError(this.#link.host));
      this.#release();
    }
  }

  #stopAfter(ms: number, isLate: () => boolean): void {
    const timer = setTimeout(() => {
      const waitsForShell = this.#channel !== undefined && !this.#output.begun.stdout;
      if (!this.#exit && isLate())
        this.#stop(faults.timedOut(this.#link.host, this.#sent.command, ms, this.#output, waitsForShell));
    }, ms);
    this.#undo.push(() => clearTimeout(timer));
  }

  #refused(error: Error): void {
    this.#release();
    // Only a refused channel has a reason (RFC 4254, 5.1); without one, the exec request was refused.
    this.#stop('reason' in error ? new NoChannelError(error.message) : faults.execRefused(this.#link.host));
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
      if (!this.#settled) this.#awaitRest();
    });
    this.#readOutput(channel);
    this.#undo.push(() => this.#input.letGo());
    // Input is sent only after the command has started, so that the login shell does not read it.
    if (this.#input.isEmpty) this.#input.feed(channel);
  }

  /** The command has ended before its deadline; only the rest of its output is still to come. */
  #awaitRest(): void {
    const rest = new HeldOutput(
      () => this.#untaken > 0,
      () => this.#finish('held'),
    );
    this.#rest = rest;
    this.#undo.push(() => rest.stop());
  }

  #readOutput(channel: ClientChannel): void {
    const { stderr } = channel;
    const both = [
      new Promise((end) => channel.once('close', end)),
      new Promise((end) => stderr.once('close', end)),
    ];
    Promise.all(both).then(() => this.#finish('closed'));
    stderr.on('data', (chunk: Buffer) => {
      this.#rest?.heard(chunk.length);
      const own = this.#output.stderr(chunk);
      this.#checkNoise();
      if (own.length > 0) this.#hand(own, this.#io.onStderr, channel);
    });
    channel.on('data', (chunk: Buffer) => {
      this.#rest?.heard(chunk.length);
      const wasBegun = this.#output.begun.stdout;
      const own = this.#output.stdout(chunk);
      this.#checkNoise();
      const begins = this.#output.begun.stdout && !wasBegun;
      if (begins && !this.#settled && !this.#input.isEmpty) this.#input.feed(channel);
      if (own.length === 0) return;
      if (!this.#io.onStdout) this.#output.head.add(own);
      this.#hand(own, this.#io.onStdout, channel);
    });
  }

  #checkNoise(): void {
    if (this.#output.isFlood) this.#stop(faults.flooded(this.#link.host, this.#output));
  }

  #hand(chunk: Buffer, taker: CommandIo['onStdout'], channel: ClientChannel): void {
    if (!taker || this.#settled) return;
    const taken = callSafely(() => taker(chunk));
    if (!taken) return;
    // Pause both, because they share one window: reading either would let the host send more of the other.
    this.#untaken++;
    channel.pause();
    channel.stderr.pause();
    taken.then(
      () => {
        if (--this.#untaken > 0) return;
        channel.resume();
        channel.stderr.resume();
      },
      (error: unknown) => this.#stop(error),
    );
  }

  #finish(how: 'closed' | 'held'): void {
    const { begun, head, tail } = this.#output;
    if (!this.#exit) this.#stop(this.#link.lost ?? faults.withoutStatus(this.#link.host, this.#sent.command));
    else if (!begun.stdout || !begun.stderr) this.#stop(faults.notBegun(this.#link.host, this.#output));
    if (!this.#exit || !this.#settle()) return;
    this.#resolve({
      ...this.#exit,
      stdout: head.text(),
      stderr: tail.text(),
      truncated: head.truncated || tail.truncated,
      elapsedMs: performance.now() - this.#startedAt,
      ...(how === 'held' ? { isHeld: true } : {}),
    });
    if (how === 'held') this.#letGo();
  }

  #stop(error: unknown): void {
    if (!this.#settle()) return;
    this.#reject(error);
    this.#hangUp();
  }

  #hangUp(): void {
    if (this.#channel && !this.#link.lost) sendSignal(this.#link.client, this.#channel, 'KILL');
    this.#letGo();
  }

  /** Waits for nothing: a host that ignores the close keeps its channel, and we go on. */
  #letGo(): void {
    const channel = this.#channel;
    if (!channel || this.#link.lost) return;
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

/** A callback that throws at once counts as one that failed. */
function callSafely(work: () => void | Promise<void>): Promise<void> | undefined {
  try {
    return work() ?? undefined;
  } catch (error) {
    return Promise.reject(error);
  }
}
