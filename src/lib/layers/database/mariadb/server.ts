import type { Generation } from '../../../guard/generation.js';
import { guardedCommand } from '../../../guard/guard.js';
import { howItEnded } from '../../../run/remote.js';
import { StepFailure } from '../../../run/step-handler.js';
import type { WriteCommand } from '../../../shell/command.js';
import type { ReadSession, Session } from '../../../ssh/transport.js';
import { claimedWords, GuardedDevices } from '../../guarded-device.js';
import type { DatabaseServer } from '../server.js';
import * as sql from './statements.js';

/** For statements that wait for nobody. */
const STATEMENT_MS = 10_000;
/** Until the client runs, and after it was ended. */
const AROUND_MS = 5000;

const SERVERS = new GuardedDevices({
  fault: (host, what) => new StepFailure('failed', `${host} ${what}`, host),
  superseded: (host, state) => new StepFailure('failed', `${host} ${claimedWords(state)}`, host),
});

/** Which operation may change the server of a database on a host. */
export const readServerState = (session: ReadSession, database: string) =>
  SERVERS.read(session, deviceOf(database));

/** The server on the host of this session, reached through its own client there. */
export function openServer(session: Session, database: string, signal: AbortSignal): DatabaseServer {
  const device = deviceOf(database);
  const tell = async (as: Generation, statements: string, withinMs: number): Promise<'done' | 'hung'> => {
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
  const mustTell = async (as: Generation, statements: string): Promise<void> => {
    if ((await tell(as, statements, STATEMENT_MS)) === 'done') return;
    const what = `the server of ${session.host} did not do it within ${STATEMENT_MS / 1000} s`;
    throw new StepFailure('failed', what, session.host);
  };
  return {
    host: session.host,
    state: () => SERVERS.read(session, device),
    claim: (from, to) => SERVERS.claim(session, device, from, to),
    close: (state) => SERVERS.close(session, device, state),
    stopWrites: (as, withinMs) => tell(as, sql.STOP_WRITES, withinMs),
    takeWrites: (as) => mustTell(as, sql.TAKE_WRITES),
    stopReplicating: (as) => mustTell(as, sql.STOP_REPLICATING),
    replicateFrom: (as, source) => mustTell(as, sql.replicateFrom(source)),
    waitForReplica: (as) => mustTell(as, sql.WAIT_FOR_REPLICA),
  };
}

function deviceOf(database: string): string {
  return `db-${database}`;
}

/** Of timeout(1). */
const TIMED_OUT = 124;
const KILLED = 137;

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
