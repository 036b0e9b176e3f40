import { formatDuration } from '../../duration.js';
import { fold } from '../../names/fold.js';
import { stderrColumns } from '../frame/screen-width.js';
import { hang } from '../frame/wrap-words.js';

/** A host on which a step is running. */
export interface Pending {
  readonly host: string;
  /** What runs there, such as the title of a step. */
  readonly what: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Which hosts are awaited and since when, hosts at the same step together, the longest wait first. */
export function renderPending(
  pending: readonly Pending[],
  notBegun: number,
  nowMs: number,
  width = stderrColumns(),
): string {
  const groups = new Map<string, Pending[]>();
  for (const each of pending) groups.set(each.what, [...(groups.get(each.what) ?? []), each]);
  const lines = [...groups]
    .map(([what, group]) => ({ what, group, sinceMs: Math.min(...group.map((each) => each.sinceMs)) }))
    .sort((a, b) => a.sinceMs - b.sinceMs)
    .map(({ what, group, sinceMs }) => {
      const hosts = fold(group.map(({ host }) => host));
      const longest = group.length > 1 ? 'up to ' : '';
      return hang('  ', `${what} for ${longest}${formatDuration(nowMs - sinceMs)}: ${hosts}`, width);
    });
  if (notBegun > 0) lines.push(`  not begun: ${notBegun} hosts`);
  return lines.length === 0
    ? 'nobody is pending'
    : [`${pending.length + notBegun} pending`, ...lines].join('\n');
}
