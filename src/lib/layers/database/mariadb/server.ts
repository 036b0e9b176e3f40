import { type Generation, generationText } from '../../../guard/generation.js';
import { guardedCommand } from '../../../guard/guard.js';
import { howItEnded } from '../../../run/remote.js';
import { StepFailure } from '../../../run/step-handler.js';
import type { WriteCommand } from '../../../shell/command.js';
import type { ReadSession, Session } from '../../../ssh/transport.js';
import { claimedWords, GuardedDevices } from '../../guarded-device.js';
import type { DatabaseServer } from '../server.js';
import { HeldClient, HungStatementError, type RunClient } from './held-client.js';
import type { HeldClients } from './held-clients.js';
import * as sql from './statements.js';

/** For statements that wait for nobody. */
const STATEMENT_MS = 10_000;
/** A client is opened anew if it is needed for longer. */
const HELD_S = 120;

export const SERVERS = new GuardedDevices({
  fault: (host, what) => new StepFailure('failed', `${host} ${what}`, host),
  superseded: (host, state) => new StepFailure('failed', `${host} ${claimedWords(state)}`, host),
});

/** Which operation may change the server of a database on a host. */
export const readServerState = (session: ReadSession, database: string) =>
  SERVERS.read(session, deviceOf(database));

/** The server on the host of this session, reached through its own client there. */
export function openServer(
  session: Session,
  database: string,
  clients: HeldClients,
  signal: AbortSignal,
): DatabaseServer {
  const { host } = session;
  const device = deviceOf(database);
  const hold = (as: Generation) =>
    clients.hold(host, as, () => HeldClient.open(clientOf(session, device, as, signal)));
  const tell = async (as: Generation, statements: string, withinMs: number): Promise<'done' | 'hung'> => {
    const client = await hold(as);
    try {
      await client.ask(statements, withinMs);
      return 'done';
    } catch (error) {
      if (!(error instanceof HungStatementError)) throw error;
      await endHolder(session, device, as);
      return 'hung';
    }
  };
  const mustTell = async (as: Generation, statements: string): Promise<void> => {
    if ((await tell(as, statements, STATEMENT_MS)) === 'done') return;
    throw new StepFailure(
      'failed',
      `the server of ${host} did not do it within ${STATEMENT_MS / 1000} s`,
      host,
    );
  };
  /** By a command of its own: a client that is open has the lock. */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    await clients.end(host);
    return await work();
  };
  return {
    host,
    state: () => alone(() => SERVERS.read(session, device)),
    claim: (from, to) => alone(() => SERVERS.claim(session, device, from, to)),
    close: (state) => alone(() => SERVERS.close(session, device, state)),
    hold: async (as) => void (await hold(as)),
    stopWrites: (as, withinMs) => tell(as, sql.STOP_WRITES, withinMs),
    takeWrites: (as) => mustTell(as, sql.TAKE_WRITES),
    stopReplicating: (as) => mustTell(as, sql.STOP_REPLICATING),
    replicateFrom: (as, source) => mustTell(as, sql.replicateFrom(source)),
    waitForReplica: (as) => mustTell(as, sql.WAIT_FOR_REPLICA),
  };
}

export function deviceOf(database: string): string {
  return `db-${database}`;
}

/**
 * Ends a client of ours that hangs: a claim of the generation that the server is at ends who holds its lock. The server drops a
 * statement whose client is gone.
 */
async function endHolder(session: Session, device: string, as: Generation): Promise<void> {
  const state = await SERVERS.read(session, device);
  if (generationText(state.generation) === generationText(as))
    await SERVERS.claim(session, device, 'any', state);
}

/** The client, in the lock of its server's generation. */
function clientOf(session: Session, device: string, as: Generation, signal: AbortSignal): RunClient {
  return async (io) => {
    const { command, mark } = guardedCommand(device, as, CLIENT);
    const result = await session.run(command, { ...io, signal: AbortSignal.any([signal, io.signal]) });
    const refused = SERVERS.refusal(session.host, mark, result);
    if (refused !== undefined) throw refused;
    const stderr = result.stderr.replace(new RegExp(`^${mark} .*\n?`, 'm'), '');
    const how = howItEnded({ ...result, stderr });
    throw new StepFailure('failed', `the mariadb client of ${session.host} ${how}`, session.host);
  };
}

/**
 * Statements come on standard input, so that no list of processes shows a password. The first that fails ends it. In binary
 * mode the client takes nothing for a command of its own.
 */
const CLIENT: WriteCommand = {
  words: [
    ...['timeout', '-k', '1', String(HELD_S)],
    ...['mariadb', '--batch', '--unbuffered', '--binary-mode', '--connect-timeout=10'],
    '--default-character-set=utf8mb4',
  ],
  effect: 'write',
  timeoutMs: HELD_S * 1000,
};
