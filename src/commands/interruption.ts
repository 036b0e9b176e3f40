import { FailedError } from '../lib/errors.js';
import { say } from '../lib/ui/frame/output.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/**
 * One Ctrl-C may arrive twice: from the terminal, which sends it to all foreground processes, and from npx or another
 * supervisor that forwards it. No person presses a key twice this fast.
 */
const MOMENT_MS = 100;
/** Closing a terminal or ending a service sends several kinds of signals, some of them twice, within this time. */
const ONE_END_MS = 1000;
/** After a second wish, the work has this long to end; then a further signal ends the process at once. */
const ENDS_MS = 3000;

export type Interruption = ReturnType<typeof listenForInterruption>;

interface Heard {
  readonly name: NodeJS.Signals;
  readonly at: number;
}

/**
 * Whether a signal after the first is a second wish to end, this time at once:
 *
 * - Ctrl-C after Ctrl-C is one, except in the moment in which one Ctrl-C may arrive twice.
 * - SIGTERM after any signal, and Ctrl-C after another kind, are one after a second: until then they belong to the same end.
 * - SIGHUP never is. A closed terminal sends it more than once, and a user who closes a terminal after Ctrl-C does not want
 *   to leave a host half done.
 */
function isSecondWish(first: Heard, { name, at }: Heard): boolean {
  if (name === 'SIGHUP') return false;
  return at - first.at >= (name === 'SIGINT' && first.name === 'SIGINT' ? MOMENT_MS : ONE_END_MS);
}

/**
 * Calls `onFirst` at the first signal and `onWish` at every later signal that counts. The returned function stops listening.
 */
function listen(onFirst: () => void, onWish: (name: NodeJS.Signals) => void): () => void {
  let first: Heard | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    const heard = { name, at: performance.now() };
    if (first === undefined) {
      first = heard;
      onFirst();
    } else if (isSecondWish(first, heard)) onWish(name);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

/**
 * The first Ctrl-C aborts `stop`, the second `cut`; `ignore` stops listening. SIGHUP and SIGTERM count like Ctrl-C, because
 * running work must end cleanly; isSecondWish() decides which signal is the second. If the work does not end after the
 * second, any further signal ends the process, as it ends a process without a handler.
 *
 * @param meaning what the first signal means, as the user is told
 */
export function listenForInterruption(meaning: string) {
  const stop = new AbortController();
  const cut = new AbortController();
  let unsaid: NodeJS.Timeout | undefined;
  let lastResort: NodeJS.Timeout | undefined;
  const deafen = listen(
    () => {
      // A user who reads this message and presses again is past the moment in which one Ctrl-C may arrive twice.
      unsaid = setTimeout(() => say(`stopping: ${meaning}; once more to cut them off`), MOMENT_MS);
      stop.abort(new FailedError('interrupted'));
    },
    () => {
      cut.abort(new FailedError('interrupted'));
      lastResort ??= setTimeout(ignore, ENDS_MS).unref();
    },
  );
  function ignore(): void {
    clearTimeout(unsaid);
    clearTimeout(lastResort);
    deafen();
  }
  return {
    stop: stop.signal,
    cut: cut.signal,
    stopNow: (reason: Error) => stop.abort(reason),
    cutNow: (reason: Error) => {
      stop.abort(reason);
      cut.abort(reason);
    },
    ignore,
  };
}

/** The first signal aborts `work` with `reason`, and `work` ends cleanly. A second wish ends the process at once. */
export async function endsInOrder<T>(
  reason: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const deafen = listen(
    () => controller.abort(reason()),
    (name) => {
      deafen();
      process.kill(process.pid, name);
    },
  );
  try {
    return await work(controller.signal);
  } finally {
    deafen();
  }
}
