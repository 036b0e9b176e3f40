import type { Generation } from '../../../guard/generation.js';
import { guardedCommand } from '../../../guard/guard.js';
import { howItEnded } from '../../../run/remote.js';
import { StepFailure } from '../../../run/step-handler.js';
import type { WriteCommand } from '../../../shell/command.js';
import type { Session } from '../../../ssh/transport.js';
import { deviceOf, SERVERS } from './server.js';

/** Until the client runs, and after it was ended. */
export const AROUND_MS = 5000;

/** Of timeout(1). */
export const TIMED_OUT = 124;
const KILLED = 137;

/** Statements for the server on the host of this session, by a client for them alone; `hung`: they were ended after this time. */
export function tellServer(session: Session, database: string, signal: AbortSignal) {
  const device = deviceOf(database);
  return async (as: Generation, statements: string, withinMs: number): Promise<'done' | 'hung'> => {
    const { command, mark } = guardedCommand(device, as, clientCommand(withinMs));
    const result = await session.run(command, { stdin: statements, signal });
    const refused = SERVERS.refusal(session.host, mark, result);
    if (refused !== undefined) throw refused;
    if (result.exitCode === 0) return 'done';
    if (result.exitCode === TIMED_OUT || result.exitCode === KILLED) return 'hung';
    const stderr = result.stderr.replace(new RegExp(`^${mark} .*\n?`, 'm'), '');
    const how = howItEnded({ ...result, stderr });
    throw new StepFailure('failed', `the mariadb client of ${session.host} ${how}`, session.host);
  };
}

/**
 * The statements come on standard input, so that no list of processes shows a password. The first that fails ends it. In binary
 * mode the client takes nothing for a command of its own. The server drops a statement whose client is gone.
 */
function clientCommand(withinMs: number): WriteCommand {
  const seconds = String(Math.max(1, Math.round(withinMs / 1000)));
  const client = ['mariadb', '--batch', '--binary-mode', `--connect-timeout=${seconds}`];
  const words = ['timeout', '-k', '1', seconds, ...client, '--default-character-set=utf8mb4'];
  return { words, effect: 'write', timeoutMs: withinMs + AROUND_MS };
}
