import type { Duplex, Readable } from 'node:stream';
import type { Host } from '../names/host.js';
import type { ReadCommand, RemoteCommand } from '../shell/command.js';

/** How a command ended on the host. exitCode is null when a signal ended it; signal is a name such as `SIGTERM`. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when output went over maxOutputBytes and only its head (stdout) or tail (stderr) was kept. */
  readonly truncated: boolean;
  readonly elapsedMs: number;
  /** A process that it left running still holds its output; what that writes is not waited for, and not read. */
  readonly isHeld?: true;
}

interface Output {
  /** Gets stdout as it comes, of the command and never of the login shell; CommandResult.stdout is then empty. Awaited before more is read (back pressure). */
  readonly onStdout?: (chunk: Buffer) => void | Promise<void>;
  /** Gets stderr in the same way; CommandResult.stderr has its tail all the same. */
  readonly onStderr?: (chunk: Buffer) => void | Promise<void>;
  /** How much of each stream is kept, in bytes; 256 KiB unless told. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
}

/** What goes with a command that reads. It gets nothing on its standard input, by which a program could be told to write. */
export interface ReadIo extends Output {
  readonly stdin?: never;
}

export interface CommandIo extends Output {
  /**
   * Sent to the command's standard input once it has begun, then closed. A stream is paused when the host does not keep up. A command
   * may end before it has read all: that is no error, and the stream is destroyed. An error of the stream is thrown.
   */
  readonly stdin?: string | Buffer | Readable;
}

/**
 * One connection to one host, for whoever only looks: facts, dry runs, probes, reports and logs. What writes does not compile
 * here. What is asked of a socket or a port is asked by the questions of channel/, which have no words that change anything.
 * `run` is no method, so that the compiler holds its parameters: those of a method may be narrower than is told.
 *
 * Errors as those of Session.
 */
export interface ReadSession {
  readonly host: string;
  /** The key with which the host proved who it is, as known_hosts has it: type and base64. */
  readonly hostKey: string;
  /** The first words that the account's login shell prints before every command; empty while none is known. */
  readonly loginNoise: string;
  /** Runs a command. A non-zero exit status is a result, not an error. */
  readonly run: (command: ReadCommand, io?: ReadIo) => Promise<CommandResult>;
  /** Whether the host opens one more session beside those that are open (sshd_config(5), MaxSessions). Nothing is run there. */
  opensAnother(signal?: AbortSignal): Promise<boolean>;
}

/**
 * One connection to one host. Used by all steps of that host in an operation.
 *
 * Errors of every call: an OutcomeUnknownError (LinkLostError: the link broke; CommandTimeoutError: the deadline passed,
 * and the command was signalled; LoginShellError: the login shell floods, or takes the output), and the AbortSignal's
 * reason. Nothing was done after CommandRefusedError (run) and ForwardError (connectUnix, connectTcp). A stream of connectUnix or connectTcp fails with
 * LinkLostError when the link breaks.
 */
export interface Session extends ReadSession {
  /** As of ReadSession, also a command that writes. */
  readonly run: (command: RemoteCommand, io?: CommandIo) => Promise<CommandResult>;
  /** A byte stream to a Unix socket on the host (direct-streamlocal@openssh.com; OpenSSH PROTOCOL 2.4). */
  connectUnix(path: string, timeoutMs: number, signal?: AbortSignal): Promise<Duplex>;
  /** A byte stream to address:port, opened by the host (direct-tcpip; RFC 4254, 7.2). */
  connectTcp(address: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<Duplex>;
}

/**
 * The connections of one operation, for whoever only looks: one per host, opened at the first use and shared by all who ask.
 * A broken connection is opened anew at the next session().
 */
export interface ReadConnections {
  /** @throws ConnectError of a named kind, see connect-error.ts */
  session(host: Host, signal?: AbortSignal): Promise<ReadSession>;
  /**
   * Closes the connection of a host with which all is done, so that a thousand hosts need no thousand connections. That
   * of a jump host stays open for the others.
   */
  hangUp(host: Host): void;
  close(): Promise<void>;
}

/** The same for whoever may write. */
export interface Connections extends ReadConnections {
  session(host: Host, signal?: AbortSignal): Promise<Session>;
}
