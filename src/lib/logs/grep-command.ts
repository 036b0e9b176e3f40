import { hostScript } from '../../host-script.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { type LogFile, readableAsItIs } from './listing.js';
import { pathWord } from './remote-path.js';
import { alternatives, grepFlags, type LogFilter } from './sources.js';

/** A search may find nothing for a long time, so its timeout depends on the amount of data. */
const START_MS = 60_000;
const BYTES_PER_MS = 5000;
/** A packed file may be this many times larger when unpacked. */
const PACKED = 10;
const JOURNAL_MS = 900_000;

export interface GrepWords {
  readonly filter: LogFilter;
  readonly context: number;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

/** Searches one file, or the journal of a unit; templates/logs/grep.sh. */
export function grepCommand(words: GrepWords, what: LogFile | string): ReadCommand {
  const { filter, context, sinceMs, untilMs } = words;
  const file = typeof what === 'string' ? ['', ''] : [pathWord(what.path), what.id];
  return scriptCommand(
    hostScript('logs/grep'),
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
    typeof what === 'string' ? JOURNAL_MS : deadlineOf(what),
  );
}

function deadlineOf(file: LogFile): number {
  const bytes = readableAsItIs(file) ? file.size : PACKED * file.size;
  return START_MS + bytes / BYTES_PER_MS;
}
