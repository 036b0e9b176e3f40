import { RefusedError } from '../errors.js';
import { labOfProcess } from './cgroups.js';
import { type HeldLock, takeLock } from './lock.js';

/**
 * Only one command at a time makes or removes a lab of one name; the next one waits.
 *
 * @throws RefusedError inside `lab run`, because its network and mounts are not the machine's
 */
export async function takeLabLock(
  name: string,
  notify: (text: string) => void,
  signal: AbortSignal,
): Promise<HeldLock> {
  const inside = await labOfProcess('self');
  if (inside !== undefined) {
    throw new RefusedError(
      `This runs inside lab ${inside} (kuafu lab run), from where labs cannot be made or removed.`,
      'Leave it first: exit',
    );
  }
  const path = `/run/lock/kuafu-lab-${name}.lock`;
  return takeLock(path, () => notify(`Another kuafu works on lab ${name}; waiting for it to end.`), signal);
}
