import { hostScript } from '../../host-script.js';
import { UsageError } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { HostError } from '../ssh/connect-error.js';
import { lastLines } from '../ssh/last-lines.js';
import type { CommandResult } from '../ssh/transport.js';
import { alternatives, grepFlags, type LogFilter, type LogSources } from './sources.js';

/** A follower is restarted after a day at the latest; the next one goes on at the same position. */
const RENEW_MS = 86_400_000;
/** The limit of followed files for one pattern. */
export const MAX_FOLLOWED = 2000;

/** The exit status of the scripts for a pattern that the host's grep does not understand. */
export const BAD_PATTERN = 64;
/** The exit status of the scripts if a program that lists files failed: what they have listed is not all. */
export const UNLISTED = 75;
export const UNLISTED_REASON = 'a program that lists files failed (stat or xargs of the host)';
/** The exit statuses of timeout(1): after its own signal, and after a KILL. */
const ENDED_BY_TIMEOUT = [124, 137];

/** The files of a host could not be listed. */
export class UnlistedError extends HostError {}

/** The follower of a host; templates/logs/follow.sh. */
export function followCommand({ files, journal }: LogSources, filter: LogFilter): ReadCommand {
  const { grep, exclude } = filter;
  const patterns = [grepFlags(filter), alternatives(grep), alternatives(exclude)];
  const words = [...patterns, journal ?? '', String(MAX_FOLLOWED), ...files];
  return scriptCommand(hostScript('logs/follow'), words, 'read', RENEW_MS);
}

/** @throws {UsageError} for a bad pattern; HostError when the follower fails */
export function requireSound(host: string, result: CommandResult): void {
  const { exitCode } = result;
  if (exitCode === BAD_PATTERN) throw badPattern(result.stderr);
  // The follower was ended from outside: by its timeout, or because it heard nothing from us. Another one goes on from there.
  if (exitCode === null || ENDED_BY_TIMEOUT.includes(exitCode)) return;
  if (exitCode === UNLISTED)
    throw new UnlistedError(host, `${host}: its logs cannot be listed: ${UNLISTED_REASON}`, ExitCode.failed);
  if (exitCode !== 0) {
    const what = [`${host}: reading logs ended with status ${exitCode}`, ...lastLines(result, 1)].join(': ');
    throw new HostError(host, what, ExitCode.failed);
  }
}

/** The message of grep about a pattern, from all of standard error. */
export function badPattern(stderr: string): UsageError {
  const said = /^grep: (.*)$/m.exec(stderr)?.[1] ?? 'it is no regular expression';
  return new UsageError(
    `grep does not understand the pattern: ${said}`,
    'patterns are extended regular expressions, as of grep -E',
  );
}
