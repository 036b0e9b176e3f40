import type { Duplex, Readable } from 'node:stream';
import type { Host } from '../names/host.js';
import type { ReadCommand, RemoteCommand } from '../shell/command.js';

/** How a command ended on the host. exitCode is null when a signal ended it; signal is a name such as `SIGTERM`. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when output exceeded maxOutputBytes and only its head (stdout) or tail (stderr) was kept. */
  readonly truncated: boolean;
  readonly elapsedMs: number;
  /** A process that the command left running still holds its output; what it writes is neither awaited nor read. */
  readonly isHeld?: true;
}

interface Output {
  /**
   * Gets the command's stdout as it comes, without that of the login shell; CommandResult.stdout is then empty. Awaited
   * before more is read (back pressure).
   */
  readonly onStdout?: (chunk: Buffer) => void | Promise<void>;
  /** Gets stderr in the same way; CommandResult.stderr still has its tail. */
  readonly onStderr?: (chunk: Buffer) => void | Promise<void>;
  /** How much of each stream is kept, in bytes; 256 KiB by default. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
}

/** The options of a command that reads. It gets no standard input, because that could tell a program to write. */
export interface ReadIo extends Output {
  readonly stdin?: never;
}

export interface CommandIo extends Output {
  /**
   * Sent to the command's standard input after it has started, then closed. A stream is paused when the host does not keep
   * up. A command may end before it has read all: that is not an error, and the stream is destroyed. An error of the stream
   * is thrown.
   */
  readonly stdin?: string | Buffer | Readable;
}

/**
 * One connection to one host, for callers that only read: facts, dry runs, probes, reports and logs. A command that writes
 * does not compile here. A socket or a port is reached through the questions of channel/, which have no words that change
 * anything. `run` is a property and not a method, so that the compiler checks its parameters: those of a method may be
 * narrower than declared.
 *
 * Errors as those of Session.
 */
export interface ReadSession {
  readonly host: string;
  /** The key with which the host proved its identity, as known_hosts has it: type and base64. */
  readonly hostKey: string;
  /** The first words that the account's login shell prints before every command; empty while they are not known. */
  readonly loginNoise: string;
  /** Runs a command. A non-zero exit status is a result, not an error. */
  readonly run: (command: ReadCommand, io?: ReadIo) => Promise<CommandResult>;
  /** Whether the host opens one more session beside the open ones (sshd_config(5), MaxSessions). Nothing is run in it. */
  opensAnother(signal?: AbortSignal): Promise<boolean>;
}

/**
 * One connection to one host. Used by all steps of that host in an operation.
 *
 * Errors of every call: an OutcomeUnknownError, and the AbortSignal's reason. LinkLostError: the link broke.
 * CommandTimeoutError: the deadline passed, and the command was signalled. LoginShellError: the login shell floods, or takes
 * the output. After CommandRefusedError (run) and ForwardError (connectUnix, connectTcp) nothing was done. A stream of
 * connectUnix or connectTcp fails with LinkLostError when the link breaks.
 */
export interface Session extends ReadSession {
  /** As in ReadSession; also takes a command that writes. */
  readonly run: (command: RemoteCommand, io?: CommandIo) => Promise<CommandResult>;
  /** A byte stream to a Unix socket on the host (direct-streamlocal@openssh.com; OpenSSH PROTOCOL 2.4). */
  connectUnix(path: string, timeoutMs: number, signal?: AbortSignal): Promise<Duplex>;
  /** A byte stream to address:port, opened by the host (direct-tcpip; RFC 4254, 7.2). */
  connectTcp(address: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<Duplex>;
}

/**
 * The connections of one operation, for callers that only read: one per host, opened at the first use and shared by all
 * callers. A broken connection is opened again at the next session().
 */
export interface ReadConnections {
  /** @throws ConnectError of a named kind, see connect-error.ts */
  session(host: Host, signal?: AbortSignal): Promise<ReadSession>;
  /**
   * Closes the connection of a host when all work on it is done, so that a thousand hosts do not need a thousand
   * connections. The connection of a jump host stays open for the others.
   */
  hangUp(host: Host): void;
  close(): Promise<void>;
}

/** The same for callers that may write. */
export interface Connections extends ReadConnections {
  session(host: Host, signal?: AbortSignal): Promise<Session>;
}
