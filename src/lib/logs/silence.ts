import { FailedError } from '../errors.js';
import type { CommandResult } from '../ssh/transport.js';

const SILENCE_MS = 60_000;

/**
 * Ends a transfer when the host is silent. While our own disk is slow, the host does not count as silent.
 *
 * @param what names it in the error
 * @param work the transfer; aborted by the signal in `io`
 * @throws {FailedError} after a minute without data; what `take` and `work` throw
 */
export async function unlessSilent(
  what: string,
  signal: AbortSignal,
  take: (chunk: Buffer) => void | Promise<void>,
  work: (io: { onStdout: (chunk: Buffer) => Promise<void>; signal: AbortSignal }) => Promise<CommandResult>,
): Promise<CommandResult> {
  const silence = new AbortController();
  const silent = () => silence.abort(new FailedError(`${what}: nothing came for ${SILENCE_MS / 1000} s`));
  let timer = setTimeout(silent, SILENCE_MS);
  let isOver = false;
  const onStdout = async (chunk: Buffer) => {
    clearTimeout(timer);
    await take(chunk);
    if (!isOver) timer = setTimeout(silent, SILENCE_MS);
  };
  try {
    return await work({ onStdout, signal: AbortSignal.any([signal, silence.signal]) });
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
