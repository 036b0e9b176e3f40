import { KuafuError } from '../lib/errors.js';
import { ExitCode } from '../lib/exit-codes.js';
import { unlessAborted } from '../lib/ssh/abort.js';
import { endsInOrder } from './interruption.js';

/**
 * Reads the input of a plan. An interruption ends this at once, because it only reads.
 *
 * @param command what the user typed, such as `kuafu restart`
 * @throws {KuafuError} exit code 130, when it is interrupted
 */
export async function whilePlanning<T>(command: string, read: () => Promise<T>): Promise<T> {
  const reason = () =>
    new KuafuError(
      `${command} was interrupted while it looked at the hosts for its plan; nothing was changed`,
      ExitCode.interrupted,
    );
  return await endsInOrder(reason, (signal) => unlessAborted(read(), signal));
}
