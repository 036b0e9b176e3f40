import type { RemoteCommand } from '../shell/command.js';
import { CommandTimeoutError, NoAnswerError } from '../ssh/connect-error.js';
import { lastLines } from '../ssh/last-lines.js';
import type { CommandResult } from '../ssh/transport.js';
import { StepFailure } from './step-handler.js';

/**
 * Runs a command that must succeed and returns its result. A write command needs a session that may write. The answer to a
 * read command must be whole: one that is cut off would pass for a smaller truth.
 * @throws {StepFailure} when the exit status is not 0; the message has `what` and the end of standard error
 * @throws {NoAnswerError} when a read command says nothing in time, or more than is kept
 */
export async function mustRun<Command extends RemoteCommand, Io>(
  session: { readonly host: string; readonly run: (command: Command, io?: Io) => Promise<CommandResult> },
  command: Command,
  what: string,
  io?: Io,
): Promise<CommandResult> {
  const isRead = command.effect === 'read';
  const result = await session.run(command, io).catch((error) => {
    if (!isRead || !(error instanceof CommandTimeoutError)) throw error;
    throw new NoAnswerError(session.host, what, error.silence);
  });
  if (isRead && result.truncated) throw new NoAnswerError(session.host, what, 'more than is read');
  if (result.exitCode !== 0) throw new StepFailure('failed', `${what} ${howItEnded(result)}`);
  return result;
}

/**
 * `ended with status 2: tar: /opt/shop: No space left on device`. The last two lines of standard error are in it whole: step.ts
 * masks the text first and then cuts it, and nothing cuts it before.
 */
export function howItEnded(result: CommandResult): string {
  const how = result.signal ? `was ended by signal ${result.signal}` : `ended with status ${result.exitCode}`;
  const tail = lastLines(result, 2).join(' | ');
  return tail ? `${how}: ${tail}` : how;
}
