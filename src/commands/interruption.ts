import { FailedError } from '../lib/errors.js';
import { say } from '../lib/ui/output.js';

/**
 * The first Ctrl-C aborts `stop`, the second `cut`; `ignore` ends the listening. SIGHUP is a closed terminal: as good as
 * Ctrl-C, for what runs goes on to a clean end.
 *
 * @param meaning what the first one means, as it is said to the user
 */
export function listenForInterruption(meaning: string) {
  const stop = new AbortController();
  const cut = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return cut.abort(new FailedError('interrupted'));
    stop.abort(new FailedError('interrupted'));
    say(`stopping: ${meaning}; once more to cut them off`);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    cut: cut.signal,
    cutNow: (reason: Error) => {
      stop.abort(reason);
      cut.abort(reason);
    },
    ignore: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
