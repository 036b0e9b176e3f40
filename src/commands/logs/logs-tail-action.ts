import type { Command } from 'commander';
import { parseDuration } from '../../lib/config/duration.js';
import { FailedError, NoHostReachedError, UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import type { LogLine } from '../../lib/logs/log-stream.js';
import { tailLogs } from '../../lib/logs/tail.js';
import type { TailRequest } from '../../lib/logs/tail-request.js';
import { plural } from '../../lib/plural.js';
import { pour, say } from '../../lib/ui/frame/output.js';
import { withLogs } from './logs-context.js';
import { interruptible, maskedLine, Notices } from './logs-output.js';
import { type FilterFlags, filterOf, formatOf, sinceOf, stampsOf } from './logs-request.js';

export interface TailFlags extends FilterFlags {
  readonly lines: number;
  readonly grep?: readonly string[];
  readonly follow: boolean;
  readonly maxRate: number;
  readonly window: string;
}

/** `kuafu logs tail` */
export async function tail(nodeSets: readonly string[], flags: TailFlags, command: Command): Promise<void> {
  const request = requestOf(flags);
  await withLogs(nodeSets, flags, command, async ({ options, logs, connections, secrets }) => {
    const format = formatOf(flags, options.json, logs);
    const notices = new Notices(secrets);
    const dropped = new Map<string, number>();
    let count = 0;
    const sink = async (lines: readonly LogLine[]) => {
      count += lines.length;
      let text = '';
      for (const line of lines) text += format.line(maskedLine(line, secrets));
      for (const [host, count] of dropped) text += format.gap(host, count);
      dropped.clear();
      return await pour(text);
    };
    const events = {
      notice: notices.add,
      dropped: (host: string, lines: number) => dropped.set(host, (dropped.get(host) ?? 0) + lines),
    };
    const { ends, empty, waiting } = await interruptible((signal) =>
      tailLogs(logs, request, { connections, events, sink, signal }),
    ).finally(() => notices.flush());
    if (empty.length === logs.length)
      throw new FailedError(
        'nothing of what was asked for is on any host',
        'kuafu logs tail --help shows how to name files',
      );
    const reached = [...ends.values()].filter((end) => end === 'read').length;
    if (reached === 0) throw new NoHostReachedError('no host could be read');
    if (count === 0 && process.exitCode === undefined && reached === logs.length)
      say(`no line ${request.filter.grep.length > 0 ? 'matched' : 'is there'} on ${plural(reached, 'host')}`);
    if (reached < logs.length || empty.length > waiting.length) process.exitCode ??= ExitCode.failed;
  });
}

function requestOf(flags: TailFlags): TailRequest {
  const window = parseDuration(flags.window);
  if ('problem' in window) throw new UsageError(`--window: ${window.problem}`);
  if (window.ms > 60_000) throw new UsageError('--window: the most is 1m');
  return {
    filter: filterOf(flags.grep ?? [], '--grep', flags),
    lastLines: flags.lines,
    sinceMs: sinceOf(flags, Date.now()),
    follow: flags.follow,
    maxRate: flags.maxRate === 0 ? Number.POSITIVE_INFINITY : flags.maxRate,
    windowMs: window.ms,
    stamps: stampsOf(flags),
  };
}
