import { setTimeout as sleep } from 'node:timers/promises';
import type { GrepRequest, GrepTools, SearchEnd } from './grep-request.js';
import { HostGrep } from './host-grep.js';
import type { LogLine } from './log-stream.js';
import { Merge } from './merge.js';
import type { HostLogs } from './sources.js';

export interface GrepOutcome {
  readonly lines: number;
  readonly ends: ReadonlyMap<string, SearchEnd>;
}

const FLUSH_MS = 50;
/** How long lines wait for hosts that have found nothing yet. */
const PATIENCE_MS = 30_000;

/**
 * Searches all logs of all hosts, also rotated and packed ones, and outputs the lines in the order of their times.
 *
 * @throws {UsageError} for a pattern that grep does not understand
 */
export async function grepLogs(
  logs: readonly HostLogs[],
  request: GrepRequest,
  tools: GrepTools,
): Promise<GrepOutcome> {
  const merge = new Merge<LogLine>({
    windowMs: 0,
    patienceMs: PATIENCE_MS,
    maxLines: Number.POSITIVE_INFINITY,
  });
  const stop = new AbortController();
  const signal = AbortSignal.any([tools.signal, stop.signal]);
  const ends = new Map<string, SearchEnd>();
  // A stream for the hosts that were not reached yet: the lines of other hosts wait for them.
  const unheard = merge.open();
  unheard.expectMore(true, Date.now());
  const heard = new Set<string>();
  const onHeard = (host: string) => unheard.expectMore(heard.add(host).size < logs.length, Date.now());
  const queue = logs.values();
  const worker = async () => {
    for (const each of queue) {
      const grep = new HostGrep(each, request, { ...tools, signal, merge, onHeard });
      ends.set(each.host.name, await grep.run());
      onHeard(each.host.name);
    }
  };
  const running = Promise.all(Array.from({ length: Math.min(request.forks, logs.length) }, worker));
  let isOver = false;
  running
    .catch(() => undefined)
    .then(() => {
      isOver = true;
    });
  let lines = 0;
  while (!isOver) {
    const taken = merge.take(Date.now());
    lines += taken.length;
    if (!(await tools.sink(taken))) stop.abort();
    await sleep(FLUSH_MS);
  }
  await running;
  const rest = merge.take(Date.now(), true);
  await tools.sink(rest);
  return { lines: lines + rest.length, ends };
}
