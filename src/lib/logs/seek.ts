import { hostScript } from '../../host-script.js';
import { scriptCommand } from '../shell/quote.js';
import type { ReadSession } from '../ssh/transport.js';
import type { FollowedFiles } from './followed-files.js';
import { listLogs } from './list.js';
import { readableAsItIs } from './listing.js';
import { pathWord } from './remote-path.js';
import type { LogSources } from './sources.js';
import type { TailRequest } from './tail-request.js';
import type { StampReader } from './times/stamp.js';

/** How many bytes are read to find a time; a position this near is near enough. */
const PROBE_BYTES = 64 * 1024;
const PROBE_TIMEOUT_MS = 30_000;

/**
 * Finds where the lines since a time begin, in each log that was written to since then, also in rotated files. Times in a file
 * increase, so a few reads are enough, whatever its size.
 */
export async function seekSince(
  session: ReadSession,
  sources: LogSources,
  request: TailRequest,
  followed: FollowedFiles,
  signal: AbortSignal,
): Promise<void> {
  const sinceMs = request.sinceMs ?? 0;
  const script = hostScript('logs/fetch');
  const { files, clockMs, zoneMinutes } = await listLogs(session, sources, signal);
  for (const file of files.filter(readableAsItIs)) {
    const { id, path, size, log } = file;
    if (file.mtimeMs + 1000 < sinceMs) {
      // All of its lines are older; but new lines may be written from now on.
      if (path === log) followed.start(file, size);
      continue;
    }
    const stamps = request.stamps();
    const words = (offset: number) => ['send', pathWord(path), id, String(offset), String(PROBE_BYTES)];
    const timeAt = async (offset: number) => {
      const command = scriptCommand(script, words(offset), 'read', PROBE_TIMEOUT_MS);
      const { stdout } = await session.run(command, { signal });
      return firstTime(stdout, offset > 0, stamps, { zoneMinutes, nowMs: clockMs });
    };
    followed.start(file, await firstOffset(size, sinceMs, timeAt));
  }
}

/**
 * The highest offset that is known to be before the first line of that time, to within PROBE_BYTES.
 * @param timeAt the time of the first line with a time at or after an offset; undefined: there is none near
 */
export async function firstOffset(
  size: number,
  sinceMs: number,
  timeAt: (offset: number) => Promise<number | undefined>,
): Promise<number> {
  let before = 0;
  let after = size;
  while (after - before > PROBE_BYTES) {
    const middle = Math.floor((before + after) / 2);
    const at = await timeAt(middle);
    // Without a time near the offset the order is not known; going on with the lower half misses no line.
    if (at !== undefined && at < sinceMs) before = middle;
    else after = middle;
  }
  return before;
}

function firstTime(
  text: string,
  isInLine: boolean,
  stamps: StampReader,
  context: Parameters<StampReader>[1],
): number | undefined {
  const lines = text.split('\n');
  for (const line of isInLine ? lines.slice(1) : lines) {
    const at = stamps(line, context)?.at;
    if (at !== undefined) return at;
  }
  return undefined;
}
