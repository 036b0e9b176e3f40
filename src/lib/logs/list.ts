import { hostScript } from '../../host-script.js';
import { ExitCode } from '../exit-codes.js';
import { scriptCommand } from '../shell/quote.js';
import { HostError } from '../ssh/connect-error.js';
import type { ReadSession } from '../ssh/transport.js';
import { UNLISTED, UNLISTED_REASON } from './follow-command.js';
import { minutesOf } from './frames.js';
import { ListingReader, type LogFile, oddText, tooManyText } from './listing.js';
import type { LogSources } from './sources.js';

export interface LogListing {
  /** Oldest first. */
  readonly files: readonly LogFile[];
  /** Requested logs that do not exist, one sentence each. */
  readonly missing: readonly string[];
  /** Existing logs that cannot be read; likewise. */
  readonly failures: readonly string[];
  /** Other files that are left out, one sentence each. */
  readonly notices: readonly string[];
  readonly clockMs: number;
  readonly zoneMinutes: number;
}

const TIMEOUT_MS = 60_000;
/** The limit of names for one pattern. */
const MAX_NAMES = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** The files of a host's logs, including rotated ones. @throws {HostError} when they cannot be listed; as ReadSession */
export async function listLogs(
  session: ReadSession,
  { files: patterns }: LogSources,
  signal?: AbortSignal,
): Promise<LogListing> {
  const words = [String(MAX_NAMES), ...patterns];
  const command = scriptCommand(hostScript('logs/list'), words, 'read', TIMEOUT_MS);
  const fault = (what: string) =>
    new HostError(session.host, `${session.host}: its logs cannot be listed: ${what}`, ExitCode.failed);
  const chunks: Buffer[] = [];
  let size = 0;
  const onStdout = (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BYTES) throw fault('the list has no end');
    chunks.push(Buffer.from(chunk));
  };
  const { exitCode } = await session.run(command, { onStdout, ...(signal && { signal }) });
  const reader = new ListingReader(patterns, MAX_NAMES);
  const { named, rotated, odd, missing, hidden, tooMany } = reader.read(Buffer.concat(chunks));
  if (exitCode === UNLISTED) throw fault(UNLISTED_REASON);
  if (exitCode !== 0 || !Number.isFinite(reader.clockMs)) throw fault(`status ${exitCode}`);
  const files = [...named, ...rotated];
  return {
    files: files.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.path < b.path ? 1 : -1)),
    missing: missing.map((pattern) => `there is no ${pattern}`),
    failures: [
      ...hidden.values(),
      ...[...tooMany].map(([pattern, names]) => tooManyText(pattern, names, MAX_NAMES)),
      ...odd.filter(({ isAskedFor }) => isAskedFor).map(oddText),
    ],
    notices: odd.filter(({ isAskedFor }) => !isAskedFor).map(oddText),
    clockMs: reader.clockMs,
    zoneMinutes: minutesOf(reader.zone),
  };
}

/** The same file at its present path; the given file when it is not found. */
export async function findAgain(
  session: ReadSession,
  sources: LogSources,
  file: LogFile,
  signal: AbortSignal,
): Promise<LogFile> {
  const { files } = await listLogs(session, sources, signal);
  return files.find(({ id }) => id === file.id) ?? file;
}
