import type { Inventory } from '../inventory/inventory.js';
import { type Records, type RestartFacts, readPlaces } from '../restart/restart-facts.js';
import type { ReadConnections } from '../ssh/transport.js';
import type { AppPlaces, MaintenanceRequest } from './maintenance-request.js';

/** An application with what its hosts and balancers say. */
export interface AppFacts extends AppPlaces {
  readonly facts: RestartFacts;
}

/** @throws as readPlaces() */
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
