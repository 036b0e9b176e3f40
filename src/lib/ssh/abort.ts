import { setMaxListeners } from 'node:events';

/**
 * Calls the listener once when the signal aborts (at once if it has). The returned function removes the listener: a signal
 * lives as long as its operation, so a caller that has finished must remove it.
 */
export function onAbort(signal: AbortSignal | undefined, listener: (reason: unknown) => void): () => void {
  if (!signal) return () => undefined;
  const call = () => listener(signal.reason);
  if (signal.aborted) call();
  else {
    // The signal of an operation has one listener for each running command; Node would warn of a leak at eleven.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', call, { once: true });
  }
  return () => signal.removeEventListener('abort', call);
}

/** The promise's outcome, or the signal's reason if that comes first. The work behind the promise goes on. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, reject);
    promise.then(resolve, reject).finally(forget);
  });
}

/** Waits for cleanup work: `ms` at most, and after the signal has aborted `cutMs` at most. */
export async function tidyUp(
  work: Promise<unknown>,
  signal: AbortSignal,
  { ms, cutMs }: { readonly ms: number; readonly cutMs: number },
): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  let forget = () => {};
  const patience = new Promise<void>((resolve) => {
    late = setTimeout(resolve, ms);
    forget = onAbort(signal, () => {
      clearTimeout(late);
      late = setTimeout(resolve, cutMs);
    });
  });
  try {
    await Promise.race([work, patience]);
  } finally {
    clearTimeout(late);
    forget();
  }
}
