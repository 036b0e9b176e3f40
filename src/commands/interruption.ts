import { FailedError } from '../lib/errors.js';
import { say } from '../lib/ui/output.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Whoever closes a terminal or ends a service sends several kinds, one right after the other. */
const ONE_END_MS = 1000;
/** So long whoever wants out at once has to wait until a further signal ends the process as it stands. */
const ENDS_MS = 3000;

/**
 * The first Ctrl-C aborts `stop`, the second `cut`; `ignore` ends the listening. SIGHUP is a closed terminal: as good as
 * Ctrl-C, for what runs goes on to a clean end. Two kinds within a second are one. What does not come to its end after
 * the second is ended by any further one, as a process is that listens to none.
 *
 * @param meaning what the first one means, as it is said to the user
 */
export function listenForInterruption(meaning: string) {
  const stop = new AbortController();
  const cut = new AbortController();
  let first: { readonly name: NodeJS.Signals; readonly at: number } | undefined;
  let lastResort: NodeJS.Timeout | undefined;
  const ignore = () => {
    clearTimeout(lastResort);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now();
    if (first && name !== first.name && now - first.at < ONE_END_MS) return;
    if (stop.signal.aborted) {
      cut.abort(new FailedError('interrupted'));
      lastResort ??= setTimeout(ignore, ENDS_MS).unref();
      return;
    }
    first = { name, at: now };
    stop.abort(new FailedError('interrupted'));
    say(`stopping: ${meaning}; once more to cut them off`);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    cut: cut.signal,
    cutNow: (reason: Error) => {
      stop.abort(reason);
      cut.abort(reason);
    },
    ignore,
  };
}
