import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadConnections } from '../ssh/transport.js';
import { HostTail } from './host-tail.js';
import type { LogLine } from './log-stream.js';
import { Merge } from './merge.js';
import type { HostLogs } from './sources.js';
import type { TailEnd, TailEvents, TailRequest } from './tail-request.js';

/** Where merged lines go. Comes back when there is room for more; false: nobody wants any. */
export type LineSink = (lines: readonly LogLine[]) => Promise<boolean>;

const FLUSH_MS = 50;
/**
 * While following, so long lines wait for a host that has older ones, or has not been read yet. Else every log has an end:
 * they wait for that, which the deadlines of a host bound.
 */
const PATIENCE_MS = 5000;
/** Times of whole seconds say no better when it was. */
const LATE_MS = 1000;
/** In all; what hosts have beyond waits on their disks. */
const MAX_LINES = 200_000;

export interface TailOutcome {
  readonly ends: ReadonlyMap<string, TailEnd>;
  /** Hosts that have nothing of what was asked for. */
  readonly empty: readonly string[];
  /** Those of them where nobody has started yet what writes it. */
  readonly waiting: readonly string[];
}

/**
 * Follows the logs of all hosts and gives their lines out in the order of their times; see Merge. Ends when the signal
 * aborts, when the sink wants no more, when every host is read to its end (without `follow`), or when no host has anything
 * to follow.
 *
 * @throws {UsageError} for a pattern that grep does not understand
 */
export async function tailLogs(
  logs: readonly HostLogs[],
  request: TailRequest,
  tools: { connections: ReadConnections; events: TailEvents; sink: LineSink; signal: AbortSignal },
): Promise<TailOutcome> {
  const { connections, events, sink } = tools;
  const merge = new Merge<LogLine>({
    windowMs: request.windowMs,
    patienceMs: request.follow ? PATIENCE_MS : Number.POSITIVE_INFINITY,
    maxLines: MAX_LINES,
    onLate: sayOnce(events),
  });
  const stop = new AbortController();
  const signal = AbortSignal.any([tools.signal, stop.signal]);
  const tails = logs.map((each) => new HostTail(each, request, { connections, merge, events, signal }));
  const ends = new Map<string, TailEnd>();
  const running = Promise.all(tails.map(async (tail) => ends.set(tail.host, await tail.run())));
  let isOver = false;
  running
    .catch(() => undefined)
    .then(() => {
      isOver = true;
    });
  while (!isOver && !signal.aborted) {
    await sleep(FLUSH_MS, undefined, { signal }).catch(() => undefined);
    const nobodyReads = !(await sink(merge.take(Date.now())));
    if (nobodyReads || tails.every(({ hasNothing }) => hasNothing)) stop.abort();
  }
  stop.abort();
  await running;
  await sink(merge.take(Date.now(), true));
  const empty = tails.filter(({ hasNothing }) => hasNothing);
  const namesOf = (of: readonly HostTail[]) => of.map(({ host }) => host);
  return { ends, empty: namesOf(empty), waiting: namesOf(empty.filter(({ isWaiting }) => isWaiting)) };
}

/** Says of a host, once, that its lines are not where they belong. */
function sayOnce(events: TailEvents): (line: LogLine, lateMs: number) => void {
  const said = new Set<string>();
  return ({ host }, lateMs) => {
    if (lateMs <= LATE_MS || said.has(host)) return;
    said.add(host);
    events.notice(
      host,
      'lines of it came too late to stand before newer ones; a longer --window waits for them',
    );
  };
}
