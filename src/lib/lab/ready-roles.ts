import { setTimeout as sleep } from 'node:timers/promises';
import { FailedError } from '../errors.js';
import { execInHost } from './host-exec.js';
import type { Lab } from './lab.js';
import { hostsOf, type LabHost } from './topology.js';

const PAUSE_MS = 300;

/**
 * Waits until the hosts of roles are ready, one after the other.
 *
 * @throws FailedError if one is not ready within the time
 */
export async function awaitRoles(lab: Lab, withinMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (const host of hostsOf(lab.topology, 'service')) await awaitReady(lab, host, deadline, signal);
}

async function awaitReady(lab: Lab, host: LabHost, deadline: number, signal: AbortSignal): Promise<void> {
  const { name, service } = host;
  for (;;) {
    const asked = ['timeout', '30', 'sh', '-c', service?.ready ?? 'true'];
    const { exitCode, stderr } = await execInHost(lab.name, name, asked, { signal });
    if (exitCode === 0) return;
    if (performance.now() > deadline) {
      throw new FailedError(
        `${service?.title} ${name} of lab ${lab.name} is not ready: ${stderr.trim().split('\n').at(-1) || 'it does not answer'}`,
        `Look there: kuafu lab run --name ${lab.name} -- ssh ${name} systemctl --failed`,
      );
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}
