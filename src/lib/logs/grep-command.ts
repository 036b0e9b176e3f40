import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { LogFile } from './list.js';
import { alternatives, grepFlags, type LogFilter } from './sources.js';

/** A search has no bound but this: the link is watched by keepalives. */
const TIMEOUT_MS = 3_600_000;

export interface GrepWords {
  readonly filter: LogFilter;
  readonly context: number;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

/** Searches one file, or the journal of a unit; templates/logs/grep.sh. */
export function grepCommand(script: string, words: GrepWords, what: LogFile | string): RemoteCommand {
  const { filter, context, sinceMs, untilMs } = words;
  const file = typeof what === 'string' ? ['', '', ''] : [what.path, what.id, what.log];
  return scriptCommand(
    script,
    [
      ...file,
      grepFlags(filter),
      String(context),
      alternatives(filter.grep),
      alternatives(filter.exclude),
      typeof what === 'string' ? what : '',
      sinceMs === undefined ? '' : String(Math.floor(sinceMs / 1000)),
      untilMs === undefined ? '' : String(Math.ceil(untilMs / 1000)),
    ],
    'read',
    TIMEOUT_MS,
  );
}
