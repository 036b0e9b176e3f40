import type { Command } from 'commander';
import { readRepairFacts } from '../../lib/app/repair-facts.js';
import { planRepair } from '../../lib/app/repair-plan.js';
import { UsageError } from '../../lib/errors.js';
import { jsonText } from '../../lib/json-text.js';
import { planChecksum } from '../../lib/plan/checksum.js';
import type { Plan } from '../../lib/plan/plan.js';
import { out, say } from '../../lib/ui/output.js';
import { planDocument } from '../../lib/ui/result-json.js';
import { type Context, openConnectionsFor, openContext } from '../context.js';
import { propose } from '../propose.js';
import type { TrafficFlags } from './traffic.js';
import { placesOf, type TrafficPlace } from './traffic-places.js';

/** `kuafu traffic repair`: facts → plan → confirm → run. One application in one room is one operation. */
export async function repairTraffic(flags: TrafficFlags, command: Command): Promise<void> {
  const context = await openContext(command, 'unneeded');
  try {
    const [place, ...others] = placesOf(flags, context.config);
    if (place === undefined || others.length > 0)
      throw new UsageError(
        'which application, in which room? A repair is of one',
        'for example: kuafu traffic repair --app shop --idc B',
      );
    await repair(place, flags.checksum, context);
  } finally {
    await context.ledger.close();
  }
}

async function repair(
  { app, room }: TrafficPlace,
  checksum: string | undefined,
  context: Context,
): Promise<void> {
  const connections = await openConnectionsFor(context);
  try {
    const facts = await readRepairFacts(app, room, context.inventory, connections, context.ledger);
    if (facts === undefined) return;
    const plan = planRepair(facts);
    if (facts.absent.length === 0) return nothingToDo(plan, context);
    const refusedHint = `see who is in traffic: kuafu traffic status --app ${app.name} --idc ${room}`;
    await propose({ plan, checksum, refusedHint }, context, connections);
  } finally {
    await connections.close();
  }
}

function nothingToDo(plan: Plan, { options }: Context): void {
  if (options.json) {
    out(jsonText(planDocument(plan, planChecksum(plan), [])));
    return;
  }
  out('nothing to do: every balancer knows all hosts that should be in traffic');
  for (const { message } of plan.risks) say(message);
}
