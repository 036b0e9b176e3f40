import type { Inventory } from '../inventory/inventory.js';
import { type Records, type RestartFacts, readPlaces } from '../restart/restart-facts.js';
import type { ReadConnections } from '../ssh/transport.js';
import type { AppPlaces, MaintenanceRequest } from './maintenance-request.js';

/** An application with what was read from its hosts and balancers. */
export interface AppFacts extends AppPlaces {
  readonly facts: RestartFacts;
}

/** @throws like readPlaces() */
export async function readMaintenanceFacts(
  { apps }: MaintenanceRequest,
  inventory: Inventory,
  connections: ReadConnections,
  records: Records,
): Promise<readonly AppFacts[]> {
  return await Promise.all(
    apps.map(async (each) => ({ ...each, facts: await readPlaces(each, inventory, connections, records) })),
  );
}
