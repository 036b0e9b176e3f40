import type { Command } from 'commander';
import { NoHostReachedError, UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import { LineFolder } from '../../lib/logs/fold-lines.js';
import { grepLogs } from '../../lib/logs/grep.js';
import type { GrepRequest } from '../../lib/logs/grep-request.js';
import type { LogLine } from '../../lib/logs/log-stream.js';
import { parseWhen } from '../../lib/logs/when.js';
import { plural } from '../../lib/plural.js';
import { out, pour, say } from '../../lib/ui/frame/output.js';
import { logGroupDocument, renderLogGroup } from '../../lib/ui/logs/log-groups.js';
import { withLogs } from './logs-context.js';
import { interruptible, maskedLine, Notices } from './logs-output.js';
import { type FilterFlags, filterOf, formatOf, sinceOf, stampsOf } from './logs-request.js';

export interface GrepFlags extends FilterFlags {
  readonly regexp?: readonly string[];
  readonly context: number;
  readonly until?: string;
  readonly group?: string;
  readonly fold?: boolean;
}

const DEFAULT_FORKS = 50;

/** `kuafu logs grep` */
export async function grep(
  first: string | undefined,
  others: readonly string[],
  flags: GrepFlags,
  command: Command,
): Promise<void> {
  // With -e, as in grep, the first word is not a pattern.
  const isNamed = flags.regexp !== undefined;
  const patterns = flags.regexp ?? (first === undefined ? [] : [first]);
  if (patterns.length === 0) throw new UsageError('a pattern is missing', 'kuafu logs grep --help');
  await withLogs(
    isNamed && first !== undefined ? [first, ...others] : others,
    flags,
    command,
    async ({ options, logs, connections, secrets }) => {
      const format = formatOf(flags, options.json, logs);
      const folder = flags.fold === true ? new LineFolder() : undefined;
      const notices = new Notices(secrets);
      const sink = async (found: readonly LogLine[]) => {
        const lines = found.map((line) => maskedLine(line, secrets));
        if (folder === undefined) return await pour(lines.map((line) => format.line(line)).join(''));
        for (const line of lines) folder.add(line);
        return true;
      };
      const request = requestOf(patterns, flags, options.forks ?? DEFAULT_FORKS);
      const { lines, ends } = await interruptible((signal) =>
        grepLogs(logs, request, { connections, notice: notices.add, sink, signal }),
      ).finally(() => notices.flush());
      for (const group of folder?.groups ?? [])
        out(options.json ? jsonText(logGroupDocument(group)) : renderLogGroup(group));
      if (folder !== undefined && folder.others > 0)
        say(`${folder.others} lines more were too different to fold`);
      const outcomes = [...ends.values()];
      if (outcomes.every((end) => end === 'unreachable'))
        throw new NoHostReachedError('no host could be reached');
      if (process.exitCode !== undefined) return;
      if (outcomes.some((end) => end !== 'searched')) process.exitCode = ExitCode.failed;
      else if (lines === 0) {
        say(`no line matched on ${plural(logs.length, 'host')}`);
        process.exitCode = ExitCode.finding;
      }
    },
  );
}

function requestOf(patterns: readonly string[], flags: GrepFlags, forks: number): GrepRequest {
  const now = Date.now();
  const sinceMs = sinceOf(flags, now);
  const untilMs = flags.until === undefined ? undefined : parseWhen(flags.until, '--until', now);
  if (sinceMs !== undefined && untilMs !== undefined && untilMs < sinceMs)
    throw new UsageError(
      `--until ${flags.until} is before --since ${flags.since}`,
      'the earlier time goes to --since',
    );
  return {
    filter: filterOf(patterns, '-e', flags),
    context: flags.context,
    sinceMs,
    untilMs,
    stamps: stampsOf(flags),
    forks,
  };
}
