import { KuafuError } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import { withPort } from '../names/addresses.js';
import type { Host } from '../names/host.js';

/** Why there is no connection. Callers decide by this, never by the text. */
export type ConnectFailure =
  | 'unreachable' // no route, refused, name unknown
  | 'timed-out' // accepted, but silent afterwards; or no answer at all
  | 'dropped' // closed before the key exchange, after all retries
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'auth-refused'
  | 'unsupported'; // OpenSSH certificates, FIDO keys, no common algorithm, not an SSH server

/** An error with one host; it carries the host's name. */
export class HostError extends KuafuError {
  readonly host: string;

  constructor(host: string, message: string, exitCode: ExitCode, hint?: string) {
    super(message, exitCode, hint);
    this.host = host;
  }
}

/** No connection to a host; the message names the host and says what to do. */
export class ConnectError extends HostError {
  readonly failure: ConnectFailure;

  constructor(host: string, failure: ConnectFailure, message: string, hint?: string) {
    super(host, message, ExitCode.unreachable, hint);
    this.failure = failure;
  }
}

/** The host did not say how the work ended: whether it was done is unknown. */
export abstract class OutcomeUnknownError extends HostError {
  constructor(host: string, message: string, hint?: string) {
    super(host, message, ExitCode.failed, hint);
  }
}

/** The connection broke while a command or a stream was open on it. */
export class LinkLostError extends OutcomeUnknownError {
  constructor(host: string, message = `${host}: the connection was lost`) {
    super(host, message);
  }
}

/** The command's deadline passed; `why` gives the reason, as far as it is known. */
export class CommandTimeoutError extends OutcomeUnknownError {
  /** `no result within 10 s`, and why. */
  readonly silence: string;

  constructor(host: string, what: string, timeoutMs: number, why = '') {
    const silence = `no result within ${timeoutMs / 1000} s${why === '' ? '' : `: ${why}`}`;
    super(host, `${host}: ${what} gave ${silence}`);
    this.silence = silence;
  }
}

/** The host gave no whole answer to a question: what it would have said is unknown. */
export class NoAnswerError extends OutcomeUnknownError {
  constructor(host: string, what: string, why: string) {
    super(host, `${host} could not be asked: ${what} gave ${why}`);
  }
}

/** The account's login shell interfered between a command and us. */
export class LoginShellError extends OutcomeUnknownError {}

/** The host runs no commands for us, or no more of them: nothing was done. */
export class CommandRefusedError extends HostError {
  constructor(host: string, message: string, hint?: string) {
    super(host, message, ExitCode.failed, hint);
  }
}

/** The host opened no stream to a socket or address: nothing was sent. */
export class ForwardError extends HostError {
  /** forbidden: sshd does not allow it at all. failed: no process listens there. */
  readonly failure: 'forbidden' | 'failed';

  constructor(host: string, failure: 'forbidden' | 'failed', message: string, hint?: string) {
    super(host, message, ExitCode.failed, hint);
    this.failure = failure;
  }
}

/** `web-b-01 (198.18.2.11:22): no answer` as `no answer`: for output that already shows the names, folded. */
export function reasonOf(message: string, { name, ssh }: Host): string {
  return message
    .replace(`${name} (${withPort(ssh.address, ssh.port)})`, name)
    .replace(new RegExp(`^${escapeRegExp(name)}(?::(?: |$)| |$)`), '')
    .replaceAll(`@${ssh.address}`, '');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
