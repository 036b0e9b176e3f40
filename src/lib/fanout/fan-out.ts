import { KuafuError, LocalError } from '../errors.js';
import { excerpt } from '../masking/masked.js';
import type { Secrets } from '../masking/secret.js';
import type { Host } from '../names/host.js';
import type { ReadCommand, RemoteCommand } from '../shell/command.js';
import { unlessAborted } from '../ssh/abort.js';
import { ConnectError, reasonOf } from '../ssh/connect-error.js';
import { HeadCapture } from '../ssh/output-capture.js';
import type { CommandResult, ReadIo, ReadSession, Session } from '../ssh/transport.js';
import { HELD_OUTPUT, type HostOutcome, notBegun, statusOf, withoutResult } from './outcome.js';

/** The events of the hosts, in order. */
export type FanOutEvent =
  | { readonly type: 'connecting' | 'running'; readonly host: string }
  | { readonly type: 'ended'; readonly outcome: HostOutcome };

interface Wishes<S extends ReadSession> {
  readonly connections: {
    session(host: Host, signal?: AbortSignal): Promise<S>;
    hangUp(host: Host): void;
  };
  /** How many hosts at the same time. */
  readonly forks: number;
  /** How much standard output and standard error of each host is kept, in bytes. */
  readonly outputLimit: number;
  /** Masked in all output for people: standard error, messages, and standard output when `shows` says that people read it. */
  readonly secrets: Secrets;
  /** `data`: a program reads standard output, and a mask would make it wrong. */
  readonly shows: 'stdout' | 'data';
  readonly listener: (event: FanOutEvent) => void;
  /** Gets all standard output, also beyond the limit; awaited before more is read. If it throws, the fan-out ends. */
  readonly onStdout?: (host: string, chunk: Buffer) => void | Promise<void>;
  /** The same for standard error. */
  readonly onStderr?: (host: string, chunk: Buffer) => void | Promise<void>;
  /** Called with a host's connection before the command; an error that it throws is an error of that host. */
  readonly onSession?: (host: string, session: S) => Promise<void>;
  /** What to do where the time of the command was over before it could begin. */
  readonly lateHint?: string;
  /** Aborted: no further host begins; running commands may end. */
  readonly stop: AbortSignal;
  /** Aborted: running commands are cut off. */
  readonly cut: AbortSignal;
}

export type ReadFanOutOptions = Wishes<ReadSession>;

export interface FanOutOptions extends Wishes<Session> {
  /** Standard input of each host's command; by default nothing. */
  readonly stdin?: Buffer;
}

/** What is run on a host. */
interface Work<S> {
  /** What this machine lacks ends all reads, as an answer with gaps would mislead. Of writes every end is told. */
  readonly mode: 'read' | 'write';
  readonly timeoutMs: number;
  readonly run: (session: S, io: ReadIo) => Promise<CommandResult>;
}

/** How much of a reason is kept, in characters. */
const LONGEST_REASON = 1000;

/** The outputs of all hosts together are kept within 32 MiB, the output of one host within 1 MiB. */
export function outputLimitFor(hosts: number): number {
  return Math.floor(Math.min(1024 ** 2, (32 * 1024 ** 2) / Math.max(hosts, 1)));
}

/**
 * Runs one command on many hosts, or a command of its own on each host. Each host ends with exactly one event, and its connection
 * is then closed. The command's timeout also limits the login, if it is shorter than the host's own.
 */
export async function fanOut(
  hosts: readonly Host[],
  command: RemoteCommand | ((host: Host) => RemoteCommand),
  options: FanOutOptions,
): Promise<void> {
  const { stdin } = options;
  await spread(hosts, options, (host) => {
    const own = typeof command === 'function' ? command(host) : command;
    const input = stdin === undefined ? {} : { stdin };
    return {
      mode: 'write',
      timeoutMs: own.timeoutMs,
      run: (session, { stdin: _, ...io }) => session.run(own, { ...io, ...input }),
    };
  });
}

/** The same for commands that only read. */
export async function fanOutReads(
  hosts: readonly Host[],
  command: ReadCommand | ((host: Host) => ReadCommand),
  options: ReadFanOutOptions,
): Promise<void> {
  await spread(hosts, options, (host) => {
    const own = typeof command === 'function' ? command(host) : command;
    return { mode: 'read', timeoutMs: own.timeoutMs, run: (session, io) => session.run(own, io) };
  });
}

async function spread<S extends ReadSession>(
  hosts: readonly Host[],
  options: Wishes<S>,
  workFor: (host: Host) => Work<S>,
): Promise<void> {
  const queue = hosts.values();
  const share = sharedTexts();
  const work = async () => {
    for (const host of queue) {
      const outcome = options.stop.aborted ? notBegun(host.name) : await runOn(host, workFor(host), options);
      options.listener({
        type: 'ended',
        outcome: fitToShow(outcome, options, share),
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.forks, hosts.length) }, work));
}

/** Masked before it is passed on: the kept text as a whole, and the rest of a secret at a place where the text was cut. */
function fitToShow(
  outcome: HostOutcome,
  { secrets, shows }: Pick<FanOutOptions, 'secrets' | 'shows'>,
  share: (text: string) => string,
): HostOutcome {
  const { stdout, stderr, truncated, message, hint } = outcome;
  return {
    ...outcome,
    stdout: share(shows === 'data' ? stdout : secrets.mask(stdout, { end: truncated.stdout })),
    stderr: share(secrets.mask(stderr, { start: truncated.stderr })),
    message: excerpt(secrets.mask(message), LONGEST_REASON),
    hint: secrets.mask(hint),
  };
}

async function runOn<S extends ReadSession>(
  host: Host,
  { mode, timeoutMs, run }: Work<S>,
  options: Wishes<S>,
): Promise<HostOutcome> {
  const { connections, outputLimit, listener, onStdout, onStderr, onSession, stop, cut } = options;
  const startedAt = performance.now();
  const stdout = new HeadCapture(outputLimit);
  let isRunning = false;
  try {
    listener({ type: 'connecting', host: host.name });
    const session = await connections.session(withinTimeout(host, timeoutMs), stop);
    isRunning = true;
    listener({ type: 'running', host: host.name });
    await unlessAborted(onSession?.(host.name, session) ?? Promise.resolve(), cut);
    const result = await run(session, {
      maxOutputBytes: outputLimit,
      signal: cut,
      onStdout: (chunk) => {
        stdout.add(chunk);
        return onStdout?.(host.name, chunk);
      },
      ...(onStderr === undefined ? {} : { onStderr: (chunk: Buffer) => onStderr(host.name, chunk) }),
    });
    return {
      host: host.name,
      status: result.signal === null ? 'exited' : 'signalled',
      exitCode: result.exitCode,
      signal: result.signal,
      stdout: stdout.text(),
      stderr: result.stderr,
      truncated: { stdout: stdout.truncated, stderr: result.truncated },
      ...(result.isHeld ? HELD_OUTPUT : { message: '', hint: '' }),
      elapsedMs: performance.now() - startedAt,
    };
  } catch (error) {
    if (mode === 'read' && error instanceof LocalError) throw error;
    const known = inTime(error, host, timeoutMs, options.lateHint);
    const outcome = outcomeOf(known, host, performance.now() - startedAt, options, isRunning);
    return { ...outcome, stdout: stdout.text(), truncated: { stdout: stdout.truncated, stderr: false } };
  } finally {
    connections.hangUp(host);
  }
}

/** An error that is no fault of a host is thrown again. */
function outcomeOf(
  error: unknown,
  host: Host,
  elapsedMs: number,
  { stop, cut }: Pick<FanOutOptions, 'stop' | 'cut'>,
  isRunning: boolean,
): HostOutcome {
  const status = statusOf(error);
  if (status === undefined && (isRunning ? cut : stop).aborted)
    return withoutResult(
      host.name,
      'pending',
      isRunning ? 'cut off; it may still run there' : 'not begun',
      elapsedMs,
    );
  if (!(error instanceof KuafuError)) throw error;
  const outcome = withoutResult(host.name, status ?? 'failed', reasonOf(error.message, host), elapsedMs);
  return { ...outcome, hint: error.hint ?? '' };
}

/** The deadline of a command may be shorter than that of its connection: then the host may be well. */
function inTime(error: unknown, host: Host, timeoutMs: number, hint: string | undefined): unknown {
  const isLate = error instanceof ConnectError && error.failure === 'timed-out';
  if (!isLate || timeoutMs >= host.ssh.connectTimeoutMs) return error;
  const reason = reasonOf(error.message, host);
  return new ConnectError(host.name, 'timed-out', `the time of the command was over: ${reason}`, hint);
}

function withinTimeout(host: Host, timeoutMs: number): Host {
  const connectTimeoutMs = Math.min(host.ssh.connectTimeoutMs, timeoutMs);
  return { ...host, ssh: { ...host.ssh, connectTimeoutMs } };
}

/** Gives the same string for equal texts: a thousand equal outputs take the memory of one. */
function sharedTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same !== undefined) return same;
    known.set(text, text);
    return text;
  };
}
