import { UsageError } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { HostError } from '../ssh/connect-error.js';
import type { CommandResult } from '../ssh/transport.js';
import type { Positions } from './positions.js';
import { alternatives, grepFlags, type LogFilter, type LogSources } from './sources.js';

/** A follower is renewed after a day at the latest; what it reads from then on goes on where it was. */
const RENEW_MS = 86_400_000;
/** Of a file at a time, in bytes; with a filter the host reads more, as most of it stays there. */
const CHUNK_BYTES = 128 * 1024;
const FILTERED_CHUNK_BYTES = 1024 * 1024;

/** The exit status of the script for a pattern that the host's grep does not understand. */
const BAD_PATTERN = 64;
/** Of timeout(1): its own status, and that of a KILL. */
const ENDED_BY_TIMEOUT = [124, 137];

export interface FollowArguments {
  readonly token: string;
  readonly sources: LogSources;
  readonly filter: LogFilter;
  readonly positions: Positions;
  /** Of a file that is not known yet: its last lines; undefined: all of it. */
  readonly lastLines: number | undefined;
  /** For the journal: seconds since the epoch. */
  readonly sinceSeconds: number | undefined;
}

/** The follower of a host; templates/logs/follow.sh says how to talk to it. */
export function followCommand(script: string, follow: FollowArguments): RemoteCommand {
  const { token, sources, filter, positions, lastLines, sinceSeconds } = follow;
  const isFiltered = filter.grep.length + filter.exclude.length > 0;
  const { cursor, passed } = positions.journal;
  return scriptCommand(
    script,
    [
      token,
      String(isFiltered ? FILTERED_CHUNK_BYTES : CHUNK_BYTES),
      lastLines === undefined ? '' : String(lastLines),
      grepFlags(filter),
      alternatives(filter.grep),
      alternatives(filter.exclude),
      sources.files.join('\n'),
      positions.files,
      sources.journal ?? '',
      cursor,
      String(passed),
      sinceSeconds === undefined ? '' : String(sinceSeconds),
    ],
    'read',
    RENEW_MS,
  );
}

/** @throws {UsageError} for a bad pattern; HostError when the follower fails */
export function requireSound(host: string, { exitCode, stderr }: CommandResult): void {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (exitCode === BAD_PATTERN)
    throw new UsageError(
      `grep does not understand the pattern: ${said.replace('grep: ', '')}`,
      'patterns are extended regular expressions, as of grep -E',
    );
  // Ended from outside: by its deadline, or for want of a word from us. Another one goes on from there.
  if (exitCode === null || ENDED_BY_TIMEOUT.includes(exitCode)) return;
  if (exitCode !== 0)
    throw new HostError(
      host,
      `${host}: reading logs ended with status ${exitCode}: ${said}`,
      ExitCode.failed,
    );
}
