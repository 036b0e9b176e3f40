import type { Config } from '../../lib/config/config-types.js';
import type { Inventory } from '../../lib/inventory/inventory.js';
import { isOwnLedger } from '../../lib/ledger/own-ledger.js';
import type { Host } from '../../lib/names/host.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';

interface WaitingContext {
  readonly config: Config;
  readonly inventory: Inventory;
  readonly connections: Pick<ReadConnections, 'session'>;
}

/**
 * Which of the hosts wait for the first start of every application for which logs are read there: missing logs are no fault
 * then. The ledger is opened, and hosts are asked for their services, at the first question: most hosts have their logs.
 */
export function waitingHosts(
  hosts: readonly Host[],
  only: string | undefined,
  context: WaitingContext,
): (host: string) => Promise<boolean> {
  let read: Promise<ReadonlySet<string>> | undefined;
  return async (host) => {
    read ??= readWaitingHosts(hosts, only, context);
    return (await read).has(host);
  };
}

async function readWaitingHosts(
  hosts: readonly Host[],
  only: string | undefined,
  { config, inventory, connections }: WaitingContext,
): Promise<ReadonlySet<string>> {
  if (!isOwnLedger(config.ledger.file)) return new Set();
  const { membersIn } = await import('../../lib/traffic/traffic-status.js');
  const { openLedger } = await import('../../lib/ledger/open.js');
  const { askNotStarted } = await import('../../lib/unit/not-started.js');
  const ledger = await openLedger(config, 'read');
  try {
    const spares = (await ledger.takenSpares()).filter(({ state }) => state === 'assigned');
    const isSpare = new Set(spares.map(({ host }) => host));
    const chosen = hosts.filter(({ name }) => isSpare.has(name));
    const waiting = new Set<string>();
    const others = new Set<string>();
    for (const app of config.apps.values()) {
      if (app.logs === undefined || (only !== undefined && app.name !== only)) continue;
      const members = new Set([...config.rooms.keys()].flatMap((room) => membersIn(app, room, inventory)));
      const here = chosen.filter((host) => members.has(host));
      const idle = await askNotStarted(here, app, connections, ledger);
      for (const { name } of here) (idle.has(name) ? waiting : others).add(name);
    }
    return new Set([...waiting].filter((host) => !others.has(host)));
  } finally {
    await ledger.close();
  }
}
