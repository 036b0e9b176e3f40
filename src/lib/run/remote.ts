import type { RemoteCommand } from '../shell/command.js';
import type { CommandIo, CommandResult, Session } from '../ssh/transport.js';
import { StepFailure } from './step-handler.js';

/**
 * Runs a command that must succeed and returns its result.
 * @throws {StepFailure} when it exits with another status than 0; the message has `what` and the end of its stderr
 */
export async function mustRun(
  session: Session,
  command: RemoteCommand,
  what: string,
  io?: CommandIo,
): Promise<CommandResult> {
  const result = await session.run(command, io);
  if (result.exitCode !== 0) throw new StepFailure('failed', `${what} ${howItEnded(result)}`);
  return result;
}

/** `ended with status 2: tar: /opt/shop: No space left on device`. */
export function howItEnded(result: CommandResult): string {
  const how = result.signal ? `was ended by signal ${result.signal}` : `ended with status ${result.exitCode}`;
  const lines = result.stderr.trim().split('\n').filter(Boolean);
  const tail = lines.slice(-2).join(' | ').slice(-300);
  return tail ? `${how}: ${tail}` : how;
}
