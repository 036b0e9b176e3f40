import { balancersOf } from '../app/traffic-facts.js';
import { readTraffic } from '../app/traffic-status.js';
import type { Config } from '../config/config-types.js';
import { KuafuError, sentenceOf } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Host } from '../inventory/inventory-types.js';
import type { Session } from '../ssh/transport.js';
import type { Finding } from './resources.js';

/**
 * Members whom a balancer does not know, as after a restart of it: what it is told at run time it keeps in its memory
 * alone. Asked over the session to the balancer's host, of every application that has it; nothing for other hosts.
 */
export async function readAbsent(
  host: Host,
  session: Session,
  { apps, rooms }: Config,
  inventory: Inventory,
): Promise<readonly Finding[]> {
  const isHere = ({ name }: Host) => name === host.name;
  const places = [...rooms.keys()].flatMap((room) =>
    [...apps.values()]
      .filter((app) => balancersOf(app, room, inventory)?.some(isHere))
      .map((app) => ({ app, room })),
  );
  const finding = (name: string, subject: string): Finding => ({
    host: name,
    kind: 'traffic',
    subject,
    value: null,
    limit: null,
  });
  const found = places.map(async ({ app, room }) => {
    try {
      const { rows } = await readTraffic(app, room, host, inventory, { session: async () => session });
      return rows
        .filter(({ state }) => state === 'missing')
        .map((row) => finding(row.host, `not known to the balancer ${host.name} (kuafu traffic repair)`));
    } catch (error) {
      if (!(error instanceof KuafuError)) throw error;
      return [finding(host.name, `who is in traffic cannot be asked: ${sentenceOf(error)}`)];
    }
  });
  return (await Promise.all(found)).flat();
}
