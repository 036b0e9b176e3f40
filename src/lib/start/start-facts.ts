import type { Inventory } from '../inventory/inventory.js';
import type { Ledger } from '../ledger/ledger.js';
import { balancersWithout } from '../restart/lost-places.js';
import { type RestartFacts, readRestartFacts } from '../restart/restart-facts.js';
import type { RestartRequest } from '../restart/restart-request.js';
import type { ReadConnections } from '../ssh/transport.js';
import { type JoinFacts, readJoinFacts } from '../traffic/join-facts.js';
import { isService } from '../unit/actions.js';

export interface StartFacts extends RestartFacts {
  /** How the balancers of each room would accept hosts that one of them does not know. */
  readonly joins: ReadonlyMap<string, JoinFacts>;
  /** Hosts that an expansion has brought, with the folders through which the template starts the unit at boot. */
  readonly installed: ReadonlyMap<string, readonly string[]>;
}

/** @throws like readRestartFacts() and readJoinFacts() */
export async function readStartFacts(
  request: RestartRequest,
  inventory: Inventory,
  connections: ReadConnections,
  ledger: Pick<Ledger, 'list' | 'show' | 'keptOut' | 'takenSpares'>,
): Promise<StartFacts> {
  const facts = await readRestartFacts(request, inventory, connections, ledger);
  const joins = new Map<string, JoinFacts>();
  for (const room of new Set(request.places.map((place) => place.room))) {
    const chosen = request.places.filter((place) => place.room === room).flatMap((place) => place.chosen);
    const lost = chosen.filter((host) => balancersWithout(host, room, request.app, facts).length > 0);
    if (lost.length === 0) continue;
    const found = await readJoinFacts(request.app, room, lost, inventory, connections);
    if (found !== undefined) joins.set(room, found);
  }
  return { ...facts, joins, installed: await readInstalled(request, ledger) };
}

async function readInstalled(
  { places }: RestartRequest,
  ledger: Pick<Ledger, 'show' | 'takenSpares'>,
): Promise<StartFacts['installed']> {
  const chosen = new Set(places.flatMap((place) => place.chosen.map(({ name }) => name)));
  const rows = (await ledger.takenSpares()).filter((row) => row.state === 'assigned' && chosen.has(row.host));
  const installed = new Map<string, readonly string[]>();
  for (const operation of new Set(rows.map((row) => row.operation))) {
    const { plan } = await ledger.show(operation);
    const actions = plan.stages.flatMap(({ lanes }) =>
      lanes.flatMap(({ steps }) => steps.map(({ action }) => action)),
    );
    const service = actions.find(isService);
    const wantedIn = service?.wantedIn ?? [];
    for (const { host } of rows.filter((row) => row.operation === operation)) installed.set(host, wantedIn);
  }
  return installed;
}
