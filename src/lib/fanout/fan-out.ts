import { KuafuError } from '../errors.js';
import { excerpt } from '../masking/masked.js';
import type { Secrets } from '../masking/secret.js';
import type { Host } from '../names/host.js';
import type { ReadCommand, RemoteCommand } from '../shell/command.js';
import { unlessAborted } from '../ssh/abort.js';
import { reasonOf } from '../ssh/connect-error.js';
import { HeadCapture } from '../ssh/output-capture.js';
import type { CommandResult, ReadIo, ReadSession, Session } from '../ssh/transport.js';
import { HELD_OUTPUT, type HostOutcome, notBegun, statusOf, withoutResult } from './outcome.js';

/** What happens to the hosts, in order. */
export type FanOutEvent =
  | { readonly type: 'connecting' | 'running'; readonly host: string }
  | { readonly type: 'ended'; readonly outcome: HostOutcome };

interface Wishes<S extends ReadSession> {
  readonly connections: {
    session(host: Host, signal?: AbortSignal): Promise<S>;
    hangUp(host: Host): void;
  };
  /** Hosts at the same time. */
  readonly forks: number;
  /** How much of stdout and of stderr is kept of each host, in bytes. */
  readonly outputLimit: number;
  /** Masked in all that is for people: stderr, messages, and stdout where `shows` says that it is for them. */
  readonly secrets: Secrets;
  /** `data`: stdout is read by a program, to which a mask would be a lie. */
  readonly shows: 'stdout' | 'data';
  readonly listener: (event: FanOutEvent) => void;
  /** Gets all of stdout, beyond the limit too; awaited before more is read. An error of it ends the fan-out. */
  readonly onStdout?: (host: string, chunk: Buffer) => void | Promise<void>;
  /** The same of stderr. */
  readonly onStderr?: (host: string, chunk: Buffer) => void | Promise<void>;
  /** Called before the command, with a host's connection; its errors are those of the host. */
  readonly onSession?: (host: string, session: S) => Promise<void>;
  /** Begin nothing more; what runs may end. */
  readonly stop: AbortSignal;
  /** Cut off what runs. */
  readonly cut: AbortSignal;
}

export type ReadFanOutOptions = Wishes<ReadSession>;

export interface FanOutOptions extends Wishes<Session> {
  /** What each host's command gets on its standard input; nothing unless told. */
  readonly stdin?: Buffer;
}

/** What is run on a host. */
interface Work<S> {
  readonly timeoutMs: number;
  readonly run: (session: S, io: ReadIo) => Promise<CommandResult>;
}

/** So much of a reason is kept, in characters. */
const LONGEST_REASON = 1000;

/** All outputs together are kept within 32 MiB, those of one host within 1 MiB. */
export function outputLimitFor(hosts: number): number {
  return Math.floor(Math.min(1024 ** 2, (32 * 1024 ** 2) / Math.max(hosts, 1)));
}

/**
 * Runs one command on many hosts, or each host's own. Each host ends with one event, whatever happens to it, and its
 * connection is closed then. The command's timeout bounds the login too, where it is shorter than the host's own.
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
    return { timeoutMs: own.timeoutMs, run: (session, io) => session.run(own, io) };
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

/** Masked before anybody has it: whole, as it was kept, with what is left of a secret where it was cut. */
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
  { timeoutMs, run }: Work<S>,
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
    const outcome = outcomeOf(error, host, performance.now() - startedAt, options, isRunning);
    return { ...outcome, stdout: stdout.text(), truncated: { stdout: stdout.truncated, stderr: false } };
  } finally {
    connections.hangUp(host);
  }
}

/** What is no fault of a host is thrown again. */
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

function withinTimeout(host: Host, timeoutMs: number): Host {
  const connectTimeoutMs = Math.min(host.ssh.connectTimeoutMs, timeoutMs);
  return { ...host, ssh: { ...host.ssh, connectTimeoutMs } };
}

/** Gives the same string for the same text: a thousand equal outputs take the memory of one. */
function sharedTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same !== undefined) return same;
    known.set(text, text);
    return text;
  };
}
