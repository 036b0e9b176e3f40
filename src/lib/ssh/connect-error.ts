import { KuafuError } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import { withPort } from '../names/addresses.js';
import type { Host } from '../names/host.js';

/** Why no connection came about. Callers decide by this, never by the text. */
export type ConnectFailure =
  | 'unreachable' // no route, refused, name unknown
  | 'timed-out' // accepted and then silent, or no answer at all
  | 'dropped' // closed before the key exchange, after all retries
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'auth-refused'
  | 'unsupported'; // OpenSSH certificates, FIDO keys, no common algorithm, no SSH server at all

/** Something went wrong with one host, by its name. */
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

/** It ended without a word of the host about how: whether it was done is unknown. */
export abstract class OutcomeUnknownError extends HostError {
  constructor(host: string, message: string, hint?: string) {
    super(host, message, ExitCode.failed, hint);
  }
}

/** The connection broke while something ran. */
export class LinkLostError extends OutcomeUnknownError {
  constructor(host: string, message = `${host}: the connection was lost`) {
    super(host, message);
  }
}

/** The command's deadline passed; `why` says what is known of the reason. */
export class CommandTimeoutError extends OutcomeUnknownError {
  readonly timeoutMs: number;

  constructor(host: string, what: string, timeoutMs: number, why = '') {
    const because = why === '' ? '' : `: ${why}`;
    super(host, `${host}: ${what} gave no result within ${timeoutMs / 1000} s${because}`);
    this.timeoutMs = timeoutMs;
  }
}

/** The account's login shell came between a command and us. */
export class LoginShellError extends OutcomeUnknownError {}

/** The host runs no commands for us, or no more of them: nothing was done. */
export class CommandRefusedError extends HostError {
  constructor(host: string, message: string, hint?: string) {
    super(host, message, ExitCode.failed, hint);
  }
}

/** The host opened no stream to a socket or address for us: nothing was sent. */
export class ForwardError extends HostError {
  /** forbidden: sshd does not allow it at all. failed: nobody listens there. */
  readonly failure: 'forbidden' | 'failed';

  constructor(host: string, failure: 'forbidden' | 'failed', message: string, hint?: string) {
    super(host, message, ExitCode.failed, hint);
    this.failure = failure;
  }
}

/** `web-b-01 (198.18.2.11:22): no answer` as `no answer`: for where the names stand beside it, folded. */
export function reasonOf(message: string, { name, ssh }: Host): string {
  return message
    .replace(`${name} (${withPort(ssh.address, ssh.port)})`, name)
    .replace(new RegExp(`^${escapeRegExp(name)}:? ?`), '')
    .replaceAll(`@${ssh.address}`, '');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
