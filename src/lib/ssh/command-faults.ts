import { FailedError } from '../errors.js';
import type { RemoteCommand } from '../shell/command.js';
import type { CommandOutput } from './command-output.js';
import { CommandRefusedError, CommandTimeoutError, LinkLostError, LoginShellError } from './connect-error.js';
import { LONGEST_LINE_BYTES } from './remote-line.js';

const ACCOUNT_HINT =
  "look at the account's shell (getent passwd) and its start files, and for ForceCommand in sshd_config";

/** The name of a command in a message: its program. The whole line may be long, and its arguments secret. */
function nameOf(command: RemoteCommand): string {
  const program = command.words.find((word) => typeof word === 'string') ?? 'the command';
  return typeof program === 'string' ? program.slice(0, 80) : 'the command';
}

export function tooLong(host: string, bytes: number): CommandRefusedError {
  return new CommandRefusedError(
    host,
    `${host}: the command is ${bytes} bytes long as it is sent, and ${LONGEST_LINE_BYTES} is the most that Linux takes`,
    'put it in a file there and run that',
  );
}

/** sshd opened a channel, but refused to run anything on it. */
export function execRefused(host: string): CommandRefusedError {
  return new CommandRefusedError(
    host,
    `${host}: the account runs no commands`,
    'look for ForceCommand in its sshd_config and for a restricted shell',
  );
}

/** `waitsForShell`: sshd has started the login shell, but the shell has not reached the command. */
export function timedOut(
  host: string,
  command: RemoteCommand,
  ms: number,
  output: CommandOutput,
  waitsForShell: boolean,
): CommandTimeoutError {
  const why = waitsForShell ? `its login shell had not begun it${andPrinted(output)}` : '';
  return new CommandTimeoutError(host, nameOf(command), ms, why);
}

export function flooded(host: string, output: CommandOutput): LoginShellError {
  return new LoginShellError(
    host,
    `${host}: its login shell prints without end${andPrinted(output)}`,
    'look at what its start files (.bashrc and the like) print',
  );
}

/** The channel was closed properly, but the mark is missing on one of the streams or on both. */
export function notBegun(host: string, output: CommandOutput): LoginShellError | CommandRefusedError {
  const { begun, shellWords } = output;
  if (begun.stdout !== begun.stderr)
    return new LoginShellError(
      host,
      `${host}: its login shell sends ${begun.stdout ? 'stderr' : 'stdout'} elsewhere${andPrinted(output)}`,
      ACCOUNT_HINT,
    );
  const said = shellWords === '' ? ' and says nothing' : `: "${shellWords}"`;
  return new CommandRefusedError(host, `${host}: its login shell runs no commands${said}`, ACCOUNT_HINT);
}

/** The host closed the channel without saying how the command ended. */
export function withoutStatus(host: string, command: RemoteCommand): LinkLostError {
  return new LinkLostError(host, `${host}: ${nameOf(command)} ended without a status`);
}

export function stdinFailed(host: string, error: Error): FailedError {
  return new FailedError(`${host}: standard input could not be read: ${error.message}`);
}

function andPrinted({ shellWords }: CommandOutput): string {
  return shellWords === '' ? '' : `, and printed "${shellWords}"`;
}
