import { KuafuError } from '../lib/errors.js';
import { ExitCode } from '../lib/exit-codes.js';
import { unlessAborted } from '../lib/ssh/abort.js';
import { endsInOrder } from './interruption.js';

/**
 * Reads what a plan is made of. An interruption ends that at once: it only looks.
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
