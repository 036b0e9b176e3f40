import type { AppConfig } from '../config/config-types.js';
import { sentenceOf, tellsOfHost } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import { unlessAborted } from '../ssh/abort.js';
import { reasonOf } from '../ssh/connect-error.js';
import type { ReadConnections } from '../ssh/transport.js';
import { balancersOf } from '../traffic/traffic-facts.js';
import {
  readTraffic,
  type SilentBalancer,
  type TrafficAnswer,
  type TrafficReport,
} from '../traffic/traffic-status.js';
import { withNotStarted } from './not-started.js';

/** An application in a room in which it has balancers. */
export interface TrafficPlace {
  readonly app: AppConfig;
  readonly room: string;
}

/** How balancers and hosts are asked. */
export interface EntryMeans {
  readonly inventory: Inventory;
  readonly ledger: Pick<Ledger, 'keptOut' | 'list' | 'show'>;
  readonly connections: Pick<ReadConnections, 'session'>;
  /** Ends the wait for an answer. A reason for people says why a balancer could not be asked. */
  readonly signal?: AbortSignal | undefined;
}

/** Asks every balancer of these places at once, and tells hosts that were never started from those that it has forgotten. */
export async function readEntries(
  places: readonly TrafficPlace[],
  means: EntryMeans,
): Promise<TrafficReport> {
  const keptOut = await means.ledger.keptOut();
  const { inventory, connections, ledger, signal } = means;
  const asked = places.map(async ({ app, room }) => {
    const balancers = balancersOf(app, room, inventory) ?? [];
    const ends = await Promise.all(
      balancers.map((balancer) =>
        unlessAborted(readTraffic(app, room, balancer, inventory, connections, keptOut), signal).catch(
          silence(app.name, room, balancer),
        ),
      ),
    );
    const answers = ends.filter((end): end is TrafficAnswer => 'rows' in end);
    return {
      answers: await withNotStarted(answers, app, inventory, connections, ledger, signal),
      silent: ends.filter((end): end is SilentBalancer => 'message' in end),
    };
  });
  const all = await Promise.all(asked);
  return {
    answers: all.flatMap(({ answers }) => answers),
    silent: all.flatMap(({ silent }) => silent),
  };
}

/** Errors of ours pass. */
function silence(app: string, room: string, balancer: Host): (error: unknown) => SilentBalancer {
  return (error) => {
    if (!tellsOfHost(error)) throw error;
    return { app, room, balancer: balancer.name, message: reasonOf(sentenceOf(error), balancer) };
  };
}
