import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { FailedError, sentenceOf } from '../errors.js';
import { isFrozen, setFrozen } from './cgroups.js';
import { concurrently } from './concurrently.js';
import { initOf, startHost } from './host-process.js';
import type { Lab } from './lab.js';
import { hostPaths } from './paths.js';
import type { Readiness } from './readiness.js';
import type { LabHost } from './topology.js';

// A boot takes 0.7 s of CPU, most of it before its sshd greets. More boots at once do not end sooner, they only time out.
const BOOTS_AT_ONCE = Math.max(4, availableParallelism() * 4);
const BOOT_WITHIN_MS = 180_000;

/**
 * Starts the hosts that are off, unfreezes frozen hosts, and waits until every sshd greets.
 *
 * @returns how many were off or frozen
 */
export async function bootHosts(
  lab: Lab,
  readiness: Readiness,
  signal: AbortSignal,
  onReady: () => void,
): Promise<number> {
  let woken = 0;
  await concurrently(lab.topology.hosts, BOOTS_AT_ONCE, async (host) => {
    signal.throwIfAborted();
    if (await wake(lab, host, readiness, signal)) woken += 1;
    onReady();
  });
  return woken;
}

async function wake(lab: Lab, host: LabHost, readiness: Readiness, signal: AbortSignal): Promise<boolean> {
  const greeting = () =>
    readiness.wait({ id: host.name, kind: 'ssh', target: `${host.address}:22` }, BOOT_WITHIN_MS, signal);
  if ((await initOf(lab.name, host.name)) !== undefined) {
    const wasFrozen = await isFrozen(lab.name, host.name);
    if (wasFrozen) await setFrozen(lab.name, host.name, false);
    await explained(lab, host, greeting());
    return wasFrozen;
  }
  const { ended } = await startHost(lab.name, host.name, hostPaths(lab.paths, host.name));
  const diedEarly = ended.then(() => {
    throw new FailedError('it ended while it was booting');
  });
  await explained(lab, host, Promise.race([greeting(), diedEarly]));
  return true;
}

async function explained(lab: Lab, host: LabHost, boot: Promise<void>): Promise<void> {
  try {
    await boot;
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    const { console } = hostPaths(lab.paths, host.name);
    const said = (await readFile(console, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
    throw new FailedError(
      `${host.name} of lab ${lab.name} does not boot: ${sentenceOf(error)}${said === '' ? '' : `\n${said}`}`,
      `Its console is in ${console}. Try again: kuafu lab up --name ${lab.name}`,
    );
  }
}
