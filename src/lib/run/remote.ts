import type { RemoteCommand } from '../shell/command.js';
import { lastLines } from '../ssh/last-lines.js';
import type { CommandResult } from '../ssh/transport.js';
import { StepFailure } from './step-handler.js';

/**
 * Runs a command that must succeed and returns its result. A write command needs a session that may write.
 * @throws {StepFailure} when the exit status is not 0; the message has `what` and the end of standard error
 */
export async function mustRun<Command extends RemoteCommand, Io>(
  session: { readonly run: (command: Command, io?: Io) => Promise<CommandResult> },
  command: Command,
  what: string,
  io?: Io,
): Promise<CommandResult> {
  const result = await session.run(command, io);
  expectSuccess(result, what);
  return result;
}

/** @throws {StepFailure} when the exit status is not 0; as mustRun does */
export function expectSuccess(result: CommandResult, what: string): void {
  if (result.exitCode !== 0) throw new StepFailure('failed', `${what} ${howItEnded(result)}`);
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
