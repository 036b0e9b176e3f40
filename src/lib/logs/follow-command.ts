import { hostScript } from '../../host-script.js';
import { UsageError } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { HostError } from '../ssh/connect-error.js';
import { lastLines } from '../ssh/last-lines.js';
import type { CommandResult } from '../ssh/transport.js';
import { alternatives, grepFlags, type LogFilter, type LogSources } from './sources.js';

/** A follower is renewed after a day at the latest; what it reads from then on goes on where it was. */
const RENEW_MS = 86_400_000;
/** Names of one pattern that are followed. */
export const MAX_FOLLOWED = 2000;

/** The exit status of the scripts for a pattern that the host's grep does not understand. */
export const BAD_PATTERN = 64;
/** Of timeout(1): its own status, and that of a KILL. */
const ENDED_BY_TIMEOUT = [124, 137];

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
  // Ended from outside: by its deadline, or for want of a word from us. Another one goes on from there.
  if (exitCode === null || ENDED_BY_TIMEOUT.includes(exitCode)) return;
  if (exitCode !== 0) {
    const what = [`${host}: reading logs ended with status ${exitCode}`, ...lastLines(result, 1)].join(': ');
    throw new HostError(host, what, ExitCode.failed);
  }
}

/** What grep says of a pattern, among all that was said on stderr. */
export function badPattern(stderr: string): UsageError {
  const said = /^grep: (.*)$/m.exec(stderr)?.[1] ?? 'it is no regular expression';
  return new UsageError(
    `grep does not understand the pattern: ${said}`,
    'patterns are extended regular expressions, as of grep -E',
  );
}
