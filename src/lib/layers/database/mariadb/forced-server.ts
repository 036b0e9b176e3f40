import { hostScript } from '../../../../host-script.js';
import type { Generation } from '../../../guard/generation.js';
import { guardedCommand } from '../../../guard/guard.js';
import { howItEnded } from '../../../run/remote.js';
import { StepFailure } from '../../../run/step-handler.js';
import type { Session } from '../../../ssh/transport.js';
import type { Archive, ForcedServer } from '../forced-server.js';
import { deviceOf, SERVERS } from './server.js';
import { AROUND_MS, TIMED_OUT, tellServer } from './tell-server.js';

/** Over a cut link the server waits for a while before a thread ends. */
const STOP_MS = 30_000;
const START_MS = 10_000;
const FILE_MS = 15_000;
const ARCHIVE_MS = 300_000;
/** Larger archives are left to a person. */
const MOST_BYTES = 1_000_000_000;

/** The server on the host of this session. It may hang, or be down: a fence needs no answer of it beforehand. */
export function openForcedServer(session: Session, database: string, signal: AbortSignal): ForcedServer {
  const device = deviceOf(database);
  /** What the script prints. */
  const run = async (as: Generation, script: string, args: readonly string[], withinMs: number) => {
    const seconds = String(Math.max(1, Math.round(withinMs / 1000)));
    const words = ['timeout', '-k', '1', seconds, 'sh', '-c', hostScript(script), 'kuafu', ...args];
    const bound = { words, effect: 'write', timeoutMs: withinMs + AROUND_MS } as const;
    const { command, mark } = guardedCommand(device, as, bound);
    const result = await session.run(command, { signal });
    const refused = SERVERS.refusal(session.host, mark, result);
    if (refused !== undefined) throw refused;
    if (result.exitCode === 0 && !result.truncated) return result.stdout.trim();
    const stderr = result.stderr.replace(new RegExp(`^${mark} .*\n?`, 'm'), '');
    const late = result.exitCode === TIMED_OUT ? `was not done within ${seconds} s` : undefined;
    const what = late ?? howItEnded({ ...result, stderr });
    throw new StepFailure('failed', `the command on ${session.host} ${what}`, session.host);
  };
  const oneOf = async <Word extends string>(
    words: readonly Word[],
    answer: Promise<string>,
  ): Promise<Word> => {
    const said = await answer;
    const word = words.find((each) => each === said);
    if (word !== undefined) return word;
    throw new StepFailure('failed', `${session.host} gave an answer that is not whole`, session.host);
  };
  const tell = async (as: Generation, statements: string, withinMs: number) => {
    if ((await tellServer(session, database, signal)(as, statements, withinMs)) === 'done') return;
    const what = `the server of ${session.host} did not do it within ${withinMs / 1000} s`;
    throw new StepFailure('failed', what, session.host);
  };
  return {
    fence: (as, withinMs) => oneOf(['read-only', 'stopped'], run(as, 'database/mariadb-fence', [], withinMs)),
    unfence: (as) => oneOf(['removed', 'none', 'kept'], run(as, 'database/mariadb-unfence', [], FILE_MS)),
    startApplying: (as) => tell(as, 'START SLAVE SQL_THREAD;\n', START_MS),
    stopReceiving: (as) => tell(as, 'STOP SLAVE IO_THREAD;\n', STOP_MS),
    takeWritesAlone: (as) =>
      tell(as, 'SET GLOBAL rpl_semi_sync_master_enabled=0;\nSET GLOBAL read_only=0;\n', START_MS),
    archive: async (as, name, behind) => {
      const args = [name, behind, String(MOST_BYTES)];
      const said = await run(as, 'database/mariadb-archive', args, ARCHIVE_MS);
      const archive = archiveOf(said);
      if (archive !== undefined) return archive;
      throw new StepFailure('failed', `${session.host} gave an answer that is not whole`, session.host);
    },
  };
}

function archiveOf(text: string): Archive | undefined {
  const [, path, bytes, sha256] = /^(\/[\w./-]{1,200}) (\d{1,12}) ([0-9a-f]{64})$/.exec(text) ?? [];
  if (path === undefined || sha256 === undefined) return undefined;
  return { path, bytes: Number(bytes), sha256 };
}
