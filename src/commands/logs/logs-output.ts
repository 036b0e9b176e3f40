import { KuafuError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import type { LogLine } from '../../lib/logs/log-stream.js';
import { excerpt } from '../../lib/masking/masked.js';
import type { Secrets } from '../../lib/masking/secret.js';
import { foldMessages } from '../../lib/ui/frame/fold-messages.js';
import { say } from '../../lib/ui/frame/output.js';
import { endsInOrder } from '../interruption.js';

/**
 * A line with its secrets masked. Its time was read before; the position of the time is kept only if no text before it
 * changed.
 */
export function maskedLine(line: LogLine, secrets: Secrets): LogLine {
  const text = secrets.mask(line.text, { end: line.cutBytes > 0 });
  if (text === line.text) return line;
  const { stamp } = line;
  const isInPlace = stamp && text.slice(0, stamp.end) === line.text.slice(0, stamp.end);
  return { ...line, text, stamp: isInPlace ? stamp : stamp && { ...stamp, start: 0, end: 0 } };
}

/** How much of a host's message on stderr is shown, in characters. */
const LONGEST_NOTICE = 600;

/** Prints the messages of hosts on stderr, equal messages once, a moment after the first one. */
export class Notices {
  readonly #secrets: Secrets;
  #waiting: { host: string; message: string }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  readonly add = (host: string, message: string): void => {
    this.#waiting.push({ host, message: excerpt(this.#secrets.mask(message), LONGEST_NOTICE) });
    this.#timer ??= setTimeout(() => this.flush(), 300).unref();
  };

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const line of foldMessages(this.#waiting.splice(0))) say(line);
  }
}

/** Ctrl-C and similar signals end the work cleanly. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return await endsInOrder(
    () => new KuafuError('interrupted', ExitCode.interrupted),
    async (signal) => {
      const result = await work(signal);
      if (signal.aborted) process.exitCode = ExitCode.interrupted;
      return result;
    },
  );
}
