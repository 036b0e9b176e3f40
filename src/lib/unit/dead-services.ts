import type { AppConfig } from '../config/config-types.js';
import { readRun } from '../host/unit.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Host } from '../names/host.js';
import { HostError } from '../ssh/connect-error.js';
import type { ReadConnections } from '../ssh/transport.js';
import type { TrafficAnswer } from '../traffic/traffic-status.js';

/**
 * Of the hosts that a repair would bring back, those whose service does not run: a repair waits in vain for their health. A
 * host that does not answer, or whose unit ends by design, is none of them.
 */
export async function readDead(
  answers: readonly TrafficAnswer[],
  { service }: Pick<AppConfig, 'service'>,
  inventory: Pick<Inventory, 'host'>,
  connections: Pick<ReadConnections, 'session'>,
): Promise<readonly string[]> {
  const rows = answers.flatMap((answer) => answer.rows).filter(({ host }) => host !== '');
  const absent = rows.filter(
    ({ state, drained }) => drained === null && ['missing', 'drained'].includes(state),
  );
  const hosts = [...new Set(absent.map(({ host }) => host))].map((name) => inventory.host(name));
  const dead = await Promise.all(hosts.map((host) => isDead(host, service, connections)));
  return hosts.filter((_, index) => dead[index]).map(({ name }) => name);
}

async function isDead(
  host: Host,
  service: string,
  connections: Pick<ReadConnections, 'session'>,
): Promise<boolean> {
  try {
    const { activeState, runsToEnd } = await readRun(await connections.session(host), service);
    return activeState === 'failed' || (activeState === 'inactive' && !runsToEnd);
  } catch (error) {
    if (error instanceof HostError) return false;
    throw error;
  }
}
