import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadConnections } from '../ssh/transport.js';
import { HostTail } from './host-tail.js';
import type { LogLine } from './log-stream.js';
import { Merge } from './merge.js';
import type { HostLogs } from './sources.js';
import type { TailEnd, TailEvents, TailRequest } from './tail-request.js';

/** Takes the merged lines. Resolves when there is room for more; false: no more lines are wanted. */
export type LineSink = (lines: readonly LogLine[]) => Promise<boolean>;

const FLUSH_MS = 50;
/**
 * While following, how long lines wait for a host that has older lines, or was not read yet. Without following, every log has an
 * end: the lines wait for it, and the timeouts of a host limit the wait.
 */
const PATIENCE_MS = 5000;
/** Times in whole seconds are not more exact than this. */
const LATE_MS = 1000;
/** The limit of waiting lines in all; further lines wait on the disks of the hosts. */
const MAX_LINES = 200_000;

export interface TailOutcome {
  readonly ends: ReadonlyMap<string, TailEnd>;
  /** Hosts with none of the requested logs. */
  readonly empty: readonly string[];
  /** Of these, the hosts on which the service that writes the logs was not started yet. */
  readonly waiting: readonly string[];
}

/**
 * Follows the logs of all hosts and outputs their lines in the order of their times; see Merge. Ends when the signal aborts, when
 * the sink wants no more, or when no host has a log to follow. Without `follow`, it also ends when every host was read to its
 * end.
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

/** Reports once for each host that its lines come out of order. */
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
