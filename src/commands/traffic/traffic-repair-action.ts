import type { Command } from 'commander';
import { UsageError } from '../../lib/errors.js';
import { readRepairFacts } from '../../lib/maintenance/repair-facts.js';
import { planRepair } from '../../lib/maintenance/repair-plan.js';
import type { TrafficPlace } from '../../lib/unit/read-entries.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone } from '../propose.js';
import { type PlaceFlags, placesOf } from './traffic-places.js';

export interface RepairFlags extends PlaceFlags {
  readonly checksum?: string;
}

/** `kuafu traffic repair`: facts → plan → confirm → run. One application in one room is one operation. */
export async function repairTraffic(flags: RepairFlags, command: Command): Promise<void> {
  const context = await openContext(command, 'unneeded');
  try {
    const places = placesOf(flags, context.config);
    const [place, ...others] = places;
    if (place === undefined || others.length > 0)
      throw new UsageError('which application, in which room? A repair is of one', linesToType(places));
    await repair(place, flags.checksum, context);
  } finally {
    await context.ledger.close();
  }
}

function linesToType(places: readonly TrafficPlace[]): string {
  const lines = places.map(({ app, room }) => `kuafu traffic repair --app ${app.name} --idc ${room}`);
  return ['type:', ...lines].join('\n  ');
}

async function repair(
  { app, room }: TrafficPlace,
  checksum: string | undefined,
  context: Context,
): Promise<void> {
  const connections = await openPlanConnections(context);
  try {
    const facts = await whilePlanning('kuafu traffic repair', () =>
      readRepairFacts(app, room, context.inventory, connections, context.ledger),
    );
    if (facts === undefined) return;
    const plan = planRepair(facts);
    const refusedHint = `see who is in traffic: kuafu traffic status --app ${app.name} --idc ${room}`;
    const done = 'every balancer knows all hosts that should be in traffic';
    await proposeUnlessDone({ plan, checksum, refusedHint, done }, context, connections);
  } finally {
    await connections.close();
  }
}
