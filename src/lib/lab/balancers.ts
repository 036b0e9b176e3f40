import { setTimeout as sleep } from 'node:timers/promises';
import { FailedError } from '../errors.js';
import { SHOP_PORT } from './address-plan.js';
import { execInHost } from './host-exec.js';
import type { Lab } from './lab.js';
import { BALANCER_SOCKET, SERVER_CHECK, SHOP_BACKEND } from './service-configs.js';
import { hostsOf, type LabHost } from './topology.js';

const PAUSE_MS = 300;

/**
 * Waits until both balancers send requests to all app hosts of their rooms. If the lab has grown, its new app hosts are first
 * added to the running balancer.
 */
export async function awaitBalancers(lab: Lab, withinMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (const balancer of hostsOf(lab.topology, 'balancer')) {
    const hosts = hostsOf(lab.topology, 'web', balancer.room);
    await introduce(lab, balancer, hosts);
    for (;;) {
      const states = await serverStates(lab, balancer);
      const down = hosts.filter(({ name }) => !isSettled(states.get(name)));
      if (down.length === 0) break;
      if (performance.now() > deadline) {
        const names = down.map(({ name }) => name).join(', ');
        throw new FailedError(
          `${balancer.name} sees no healthy ${SHOP_BACKEND} on ${names}`,
          `Look there: kuafu lab run --name ${lab.name} -- kuafu exec`,
        );
      }
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}

/** Up, or taken out of traffic by an operator who will put it back. */
function isSettled(state: string | undefined): boolean {
  return state !== undefined && /^(UP|MAINT|DRAIN|no check)/.test(state);
}

async function introduce(lab: Lab, balancer: LabHost, hosts: readonly LabHost[]): Promise<void> {
  const states = await serverStates(lab, balancer);
  for (const { name, address } of hosts.filter((host) => !states.has(host.name))) {
    const server = `${SHOP_BACKEND}/${name}`;
    await ask(lab, balancer, `add server ${server} ${address}:${SHOP_PORT} ${SERVER_CHECK}`);
    await ask(lab, balancer, `enable health ${server}`);
    await ask(lab, balancer, `enable server ${server}`);
  }
}

/** Name to status of the backend's servers (HAProxy management guide 9.1: columns 2 and 18 of `show stat`). */
async function serverStates(lab: Lab, balancer: LabHost): Promise<ReadonlyMap<string, string>> {
  const rows = (await ask(lab, balancer, 'show stat')).split('\n').map((line) => line.split(','));
  return new Map(
    rows
      .filter(([backend, server]) => backend === SHOP_BACKEND && server !== 'BACKEND')
      .map((columns) => [columns[1] ?? '', columns[17] ?? '']),
  );
}

async function ask(lab: Lab, balancer: LabHost, command: string): Promise<string> {
  const { stdout } = await execInHost(lab.name, balancer.name, ['socat', 'stdio', BALANCER_SOCKET], {
    input: `${command}\n`,
  });
  return stdout;
}
