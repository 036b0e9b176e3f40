import type { Config } from '../../lib/config/config-types.js';
import type { Inventory } from '../../lib/inventory/inventory.js';
import { isOwnLedger } from '../../lib/ledger/own-ledger.js';

/**
 * Which hosts wait for the first start of every application for which logs are read there: missing logs are no fault then.
 * The ledger is opened at the first question, because most hosts have their logs.
 */
export function waitingHosts(
  only: string | undefined,
  { config, inventory }: { readonly config: Config; readonly inventory: Inventory },
): (host: string) => Promise<boolean> {
  let read: Promise<ReadonlySet<string>> | undefined;
  return async (host) => {
    read ??= readWaitingHosts(only, config, inventory);
    return (await read).has(host);
  };
}

async function readWaitingHosts(
  only: string | undefined,
  config: Config,
  inventory: Inventory,
): Promise<ReadonlySet<string>> {
  if (!isOwnLedger(config.ledger.file)) return new Set();
  const { openLedger } = await import('../../lib/ledger/open.js');
  const { readNotStarted } = await import('../../lib/unit/not-started.js');
  const ledger = await openLedger(config, 'read');
  try {
    const spares = (await ledger.takenSpares()).filter(({ state }) => state === 'assigned');
    const isSpare = new Set(spares.map(({ host }) => host));
    const waiting = new Set<string>();
    const others = new Set<string>();
    for (const { name, logs, groups } of config.apps.values()) {
      if (logs === undefined || (only !== undefined && name !== only)) continue;
      const members = [...groups.keys()].flatMap((group) =>
        [...config.rooms.keys()].flatMap((room) => inventory.members(name, group, room)),
      );
      const names = [...new Set(members.map((host) => host.name))].filter((host) => isSpare.has(host));
      const idle = await readNotStarted(names, name, ledger);
      for (const host of names) (idle.has(host) ? waiting : others).add(host);
    }
    return new Set([...waiting].filter((host) => !others.has(host)));
  } finally {
    await ledger.close();
  }
}
