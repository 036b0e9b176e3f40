import { FailedError } from '../lib/errors.js';
import { say } from '../lib/ui/frame/output.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/**
 * One Ctrl-C may come twice: from the terminal to all in its foreground, and from npx or another supervisor that hands on what
 * it got. Nobody presses a key twice as fast as that.
 */
const MOMENT_MS = 100;
/** Whoever closes a terminal or ends a service sends several kinds, and some of them twice, one right after the other. */
const ONE_END_MS = 1000;
/** So long whoever wants out at once has to wait until a further signal ends the process as it stands. */
const ENDS_MS = 3000;

export type Interruption = ReturnType<typeof listenForInterruption>;

interface Heard {
  readonly name: NodeJS.Signals;
  readonly at: number;
}

/**
 * Whether a signal that comes after the first is a second wish to end, at once this time:
 *
 * - Ctrl-C after Ctrl-C is, but for the moment in which one comes twice;
 * - SIGTERM after anything, and Ctrl-C after another kind, are after a second: until then they belong to the same end;
 * - SIGHUP never is. A terminal that is closed sends it more than once, and nobody who closes one after Ctrl-C wants a
 *   host to be left half-way.
 */
function isSecondWish(first: Heard, { name, at }: Heard): boolean {
  if (name === 'SIGHUP') return false;
  return at - first.at >= (name === 'SIGINT' && first.name === 'SIGINT' ? MOMENT_MS : ONE_END_MS);
}

/** Calls `onFirst` at the first signal and `onWish` at every further one that counts. The returned function ends it. */
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
 * The first Ctrl-C aborts `stop`, the second `cut`; `ignore` ends the listening. SIGHUP and SIGTERM are as good as Ctrl-C, for
 * what runs goes on to a clean end; which of them count as the second, isSecondWish() tells. What does not come to its end
 * after the second is ended by any further one, as a process is that listens to none.
 *
 * @param meaning what the first one means, as it is said to the user
 */
export function listenForInterruption(meaning: string) {
  const stop = new AbortController();
  const cut = new AbortController();
  let unsaid: NodeJS.Timeout | undefined;
  let lastResort: NodeJS.Timeout | undefined;
  const deafen = listen(
    () => {
      // Whoever answers to that is past the moment in which one Ctrl-C may come twice.
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

/** The first signal aborts `work` with `reason`, which then ends in order; a second wish ends the process as it stands. */
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
